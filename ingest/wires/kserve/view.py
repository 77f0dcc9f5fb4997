"""`POST /samples/kserve`: the sink of KServe's inference logger, to which any status but 200 is a failure."""

import hashlib

from django.http import HttpRequest
from django.utils import timezone
from drf_spectacular.utils import extend_schema

from ingest.api.answers import Accepted
from ingest.api.bodies import read_body
from ingest.api.sink_keys import SinkIntake
from ingest.api.wire import Wire
from ingest.batches.accept import StoredBatch
from ingest.batches.call_halves import Half, take_half
from ingest.limits import BATCH, MAX_BATCH_BYTES
from ingest.wires.kserve.documentation import POST_KSERVE
from ingest.wires.kserve.event import Event, decode_half, read_event
from nantrace.tensors.refusals import Refusal


class KServe(SinkIntake):
    """Takes requests and responses as they come and joins them by their `ce-id`."""

    @extend_schema(**POST_KSERVE)
    def post(self, request: HttpRequest) -> Accepted:
        """Stores half of a call; both halves together are a batch."""
        event = read_event(request.headers)
        body = read_body(request, MAX_BATCH_BYTES, BATCH.way_out)
        return _accepted(take_half(self.key.project, _half(request, event, body)))


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


def _accepted(stored: StoredBatch | None) -> Accepted:
    if stored is None:
        return Accepted({"batch": None, "state": "waiting"}, new_rows=0, status=200)
    batch = stored.batch
    document = {"batch": batch.pk, "state": "stored", "rows": batch.rows, "nonfinite_rows": batch.nonfinite_rows}
    return Accepted(document, stored.new_rows, status=200)


WIRE = Wire("samples/kserve", KServe)
