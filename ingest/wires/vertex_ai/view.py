"""`POST /samples/vertex-ai`: rows of Vertex AI's request-response log, exported or pushed by Pub/Sub."""

import hashlib
import json

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema

from ingest.api.bodies import read_body
from ingest.api.sink_keys import Sink
from ingest.batches.accept import Delivery, accept_batch, earlier_batch
from ingest.batches.decoded import Posted
from ingest.limits import BATCH, MAX_BATCH_BYTES
from ingest.models import Batch, Project
from ingest.sqlite.write_lock import one_at_a_time
from ingest.wires import documentation
from ingest.wires.json.json_body import decode_json_object, weigh_json
from ingest.wires.samples.samples_body import JSON_TYPE, check_content_type
from ingest.wires.vertex_ai.batches import batches_of
from ingest.wires.vertex_ai.rows import NDJSON_TYPES, decode_calls, decode_push
from nantrace.tensors.refusals import Refusal


class VertexAI(Sink):
    """Takes all rows of a body, or none."""

    @extend_schema(**documentation.POST_VERTEX_AI)
    def post(self, request: HttpRequest) -> HttpResponse:
        """Stores logged calls; those that can be replayed together become one batch."""
        check_content_type(request.content_type, (JSON_TYPE, *NDJSON_TYPES))
        key, lines = _lines(request, read_body(request, MAX_BATCH_BYTES, BATCH.way_out))
        model = request.GET.get("model", "")
        if not model:
            raise Refusal("model", "is missing; add ?model=... to the URL, as it was registered")
        posted = batches_of(decode_calls(lines), model, request.GET.get("version"))
        return _accepted(_stored(self.key.project, posted, Delivery(key, hashlib.sha256(lines).hexdigest())))


def _lines(request: HttpRequest, body: bytes) -> tuple[str | None, bytes]:
    """The idempotency key and the rows, one a line."""
    key = request.headers.get("Idempotency-Key")
    if request.content_type != JSON_TYPE:
        return key, body
    weigh_json(body, "body")
    message = decode_push(decode_json_object(body, "body"))
    return (key, b" ".join(body.splitlines())) if message is None else (message.key, message.data)


def _stored(project: Project, posted: list[Posted], delivery: Delivery) -> list[Batch]:
    """All batches in one transaction; raises Refusal when one of them cannot be taken."""
    earlier_batch(project, delivery)  # refuses another body under the key before anything is written
    with one_at_a_time(), transaction.atomic():
        return [accept_batch(project, one, _numbered(delivery, number)) for number, one in enumerate(posted)]


def _numbered(delivery: Delivery, number: int) -> Delivery:
    """Every batch of a post has a key of its own; the first has the post's."""
    if delivery.idempotency_key is None or not number:
        return delivery
    digest = hashlib.sha256(delivery.idempotency_key.encode()).hexdigest()
    return Delivery(f"part:{digest}:{number}", delivery.body_sha256)


def _accepted(batches: list[Batch]) -> HttpResponse:
    answer = {
        "batches": [batch.pk for batch in batches],
        "rows": sum(batch.rows for batch in batches),
        "nonfinite_rows": sum(batch.nonfinite_rows for batch in batches),
    }
    return HttpResponse(json.dumps(answer), content_type="application/json", status=202)
