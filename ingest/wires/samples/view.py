"""`POST /samples`. Tensors touch no serializer: the decoders read them, one row of the database holds them."""

from typing import Any

from django.http import HttpRequest
from django.http.request import HttpHeaders
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema

from ingest.api.answers import Accepted
from ingest.api.bodies import JSON_TYPE, check_content_type, read_body
from ingest.api.intake import Intake, Wire
from ingest.api.openapi import ACCEPTED, BATCH_FIELDS, IDEMPOTENCY_KEY, REFUSALS, WRONG_TYPE, header
from ingest.batches.accept import Idempotency, StoredBatch, accept_post
from ingest.formats.npz import BATCH_HEADER
from ingest.limits import BATCH, MAX_BATCH_BYTES
from ingest.models import Project
from ingest.wires.samples.body import ARROW_TYPE, CONTENT_TYPES, NPZ_TYPE, decode_samples

_CELL = {
    "description": "A number, text, boolean or null (missing); NaN and infinities as bare tokens or texts.",
    "nullable": True,
}
_ROWS = {"type": "array", "items": _CELL, "description": "One entry per row; rows may nest lists."}
_TENSORS = {"oneOf": [_ROWS, {"type": "object", "additionalProperties": _ROWS}]}
_JSON_BODY = {
    "type": "object",
    "required": ["model", "version", "inputs"],
    "properties": {**BATCH_FIELDS, "inputs": _TENSORS, "outputs": _TENSORS},
}
_NPZ_BODY = {
    "type": "string",
    "format": "binary",
    "description": "Arrays `inputs` or `inputs.<name>`, and optionally `outputs` or `outputs.<name>`, and `ids`: "
    "a text for each row.",
}
_ARROW_BODY = {
    "type": "string",
    "format": "binary",
    "description": "An Arrow IPC stream. Columns `inputs` or `inputs.<name>`, and optionally `outputs` or "
    "`outputs.<name>`: numbers, booleans or text, in nested lists of fixed size or as `arrow.fixed_shape_tensor` for "
    "more axes; null is missing. The other fields as JSON under `nanwatch` in the metadata of the schema, or in the "
    "header.",
}
_POST_SAMPLES: dict[str, Any] = {
    "tags": ["samples"],
    "operation_id": "post_samples",
    "request": {JSON_TYPE: _JSON_BODY, NPZ_TYPE: _NPZ_BODY, ARROW_TYPE: _ARROW_BODY},
    "parameters": [
        IDEMPOTENCY_KEY,
        header("Content-Encoding", enum=["gzip"]),
        header(BATCH_HEADER, "With npz and Arrow: the other fields as JSON"),
    ],
    "responses": {202: OpenApiResponse(ACCEPTED, "Durably stored."), **REFUSALS, **WRONG_TYPE},
    "examples": [
        OpenApiExample(
            "Rows with a missing value",
            {"model": "churn", "version": "7", "inputs": [[1, 2, None], [3, 4, 5]]},
            request_only=True,
            media_type=JSON_TYPE,
        )
    ],
}
# as WSGI names them: `request.headers` would read all of them for these two
_BATCH_HEADER, _IDEMPOTENCY_KEY = (HttpHeaders.to_wsgi_name(name) for name in (BATCH_HEADER, "Idempotency-Key"))


class Samples(Intake):
    """Takes rows of a registered model in for replay."""

    @extend_schema(**_POST_SAMPLES)
    def post(self, request: HttpRequest) -> Accepted:
        """Stores a batch of rows; the answer means that they are durably kept."""
        return Accepted.of(_stored(self.key.project, request))


def _stored(project: Project, request: HttpRequest) -> list[StoredBatch]:
    content_type = request.content_type or ""
    check_content_type(content_type, CONTENT_TYPES)
    header = request.META.get(_BATCH_HEADER)
    body = read_body(request, MAX_BATCH_BYTES, BATCH.way_out)
    idempotency = Idempotency.of(request.META.get(_IDEMPOTENCY_KEY), body, header or "")
    return accept_post(project, decode_samples(content_type, body, header), idempotency)


WIRE = Wire("samples", Samples)
