"""`POST /samples/kserve`: the sink of KServe's inference logger, which takes anything but 200 for a failure."""

import hashlib
import json

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema

from ingest.api.bodies import read_body
from ingest.api.sink_keys import Sink
from ingest.batches.call_halves import Half, take_half
from ingest.limits import BATCH, MAX_BATCH_BYTES
from ingest.models import Batch
from ingest.wires import documentation
from ingest.wires.kserve.event import Event, decode_half, read_event
from nantrace.tensors.refusals import Refusal


class KServe(Sink):
    """Takes requests and responses as they come and joins them by their `ce-id`."""

    @extend_schema(**documentation.POST_KSERVE)
    def post(self, request: HttpRequest) -> HttpResponse:
        """Stores half of a call; both halves together are a batch."""
        event = read_event(request.headers)
        body = read_body(request, MAX_BATCH_BYTES, BATCH.way_out)
        batch = take_half(self.key.project, _half(request, event, body))
        return HttpResponse(json.dumps(_answer(batch)), content_type="application/json")


def _half(request: HttpRequest, event: Event, body: bytes) -> Half:
    version = request.GET.get("version", "")
    if not version:
        raise Refusal("version", "is missing; add ?version=... to the logger's URL, as it was registered")
    return Half(
        call=event.call,
        event_id=event.event_id,
        is_request=event.is_request,
        model=request.GET.get("model") or event.service,
        version=version,
        occurred_at=event.occurred_at or timezone.now(),
        tensors=decode_half(event, body),
        body_sha256=hashlib.sha256(body).hexdigest(),
    )


def _answer(batch: Batch | None) -> dict[str, object]:
    if batch is None:
        return {"batch": None, "state": "waiting"}
    return {"batch": batch.pk, "state": "stored", "rows": batch.rows, "nonfinite_rows": batch.nonfinite_rows}
