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
from ingest.batches.decoded import DecodedBatch, read_fields
from ingest.batches.sides import batches_of_call
from ingest.formats.json.documents import check_json_size, decode_json_object
from ingest.formats.json.predict import plain_texts, side_of
from ingest.formats.npz import BATCH_HEADER, decode_npz_body
from ingest.limits import BATCH, MAX_BATCH_BYTES
from ingest.models import Project
from nantrace.tensors.tensor import TensorError, Tensors

NPZ_TYPE = "application/x-npz"
ARROW_TYPE = "application/vnd.apache.arrow.stream"
CONTENT_TYPES = (JSON_TYPE, NPZ_TYPE, ARROW_TYPE)
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
    "a text for each row. Bytes that are no text, such as images, as arrays of base64, named in the field `base64`.",
}
_ARROW_BODY = {
    "type": "string",
    "format": "binary",
    "description": "An Arrow IPC stream. Columns `inputs` or `inputs.<name>`, and optionally `outputs` or "
    "`outputs.<name>`: numbers, booleans, times, text or bytes, in lists of one size or as "
    "`arrow.fixed_shape_tensor` for more axes; null is missing. The other fields as JSON under `nanwatch` in the "
    "metadata of the schema, or in the header.",
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


def decode_samples(content_type: str, body: bytes, batch_header: str | None) -> list[DecodedBatch]:
    """A batch for each shape of rows; raises Refusal naming the field that is wrong.

    `batch_header` is the X-NaNWatch-Batch header.
    """
    if content_type == JSON_TYPE:
        return decode_json_body(body)
    if content_type == NPZ_TYPE:
        return [decode_npz_body(body, batch_header)]
    from ingest.formats.arrow import decode_arrow_body  # a web process that meets no Arrow does not load it

    return [decode_arrow_body(body, batch_header)]


def decode_json_body(body: bytes) -> list[DecodedBatch]:
    """The rows and the other fields of an `application/json` body; raises Refusal naming the field that is wrong."""
    check_json_size(body, "body")
    fields = decode_json_object(body, "body", ("inputs", "outputs"))
    sent_inputs, sent_outputs = fields.pop("inputs", None), fields.pop("outputs", None)
    if sent_inputs is None and sent_outputs is None and fields.get("counts") is not None:
        return [DecodedBatch(Tensors(), None, read_fields(fields, rows=0))]  # nothing was sampled, only counted
    if sent_inputs is None:
        raise TensorError("inputs", "is missing; send a list of rows, or an object of lists by input name")
    if b"b64" in body:
        sent_inputs, sent_outputs = plain_texts(sent_inputs), plain_texts(sent_outputs)
    inputs = side_of("inputs", "inputs", sent_inputs)
    outputs = None if sent_outputs is None else side_of("outputs", "outputs", sent_outputs)
    return batches_of_call(inputs, outputs, read_fields(fields, inputs.rows))


WIRE = Wire("samples", Samples)
