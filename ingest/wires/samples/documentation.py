"""What the OpenAPI document says about `POST /samples`."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse

from ingest.api.bodies import JSON_TYPE
from ingest.api.openapi import ACCEPTED, BATCH_FIELDS, IDEMPOTENCY_KEY, REFUSALS, WRONG_TYPE, header
from ingest.formats.named_arrays import BATCH_HEADER
from ingest.wires.samples.body import ARROW_TYPE, NPZ_TYPE

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

POST_SAMPLES: dict[str, Any] = {
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
