"""What the OpenAPI document says about `POST /samples/kserve`."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse

from ingest.api.bodies import JSON_TYPE
from ingest.api.openapi import REFUSALS, TOKEN_IN_URL, header, query
from ingest.wires.kserve.event import LENGTH_HEADER, REQUEST, RESPONSE

_HALF = {
    "type": "object",
    "description": "The body of the prediction request or response: protocol v1 or v2, or v2 with raw tensors.",
}
_STATE = {
    "type": "object",
    "properties": {
        "batch": {"type": "string", "nullable": True},
        "state": {"type": "string", "enum": ["waiting", "stored"]},
        "rows": {"type": "integer"},
        "nonfinite_rows": {"type": "integer"},
    },
}

POST_KSERVE: dict[str, Any] = {
    "tags": ["samples"],
    "operation_id": "post_kserve",
    "request": {JSON_TYPE: _HALF, "application/octet-stream": {"type": "string", "format": "binary"}},
    "parameters": [
        query("version", "The registered version that the logger's pod serves", required=True),
        query("model", "The registered model; else the name of the InferenceService"),
        TOKEN_IN_URL,
        header("ce-id", "Joins request and response", required=True),
        header("ce-type", "Which half it is", required=True, enum=[REQUEST, RESPONSE]),
        header("ce-time", "When it happened"),
        header("ce-inferenceservicename", "The InferenceService"),
        header(LENGTH_HEADER, "How long the JSON before raw tensors is; found out where it is missing"),
    ],
    "responses": {200: OpenApiResponse(_STATE, "Durably stored, or known already."), **REFUSALS},
}
