"""What the OpenAPI document says about `POST /samples/vertex-ai`."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse

from ingest.api.bodies import JSON_TYPE
from ingest.api.openapi import IDEMPOTENCY_KEY, REFUSALS, TEXT, TOKEN_IN_URL, WRONG_TYPE, query
from ingest.wires.vertex_ai.rows import NDJSON_TYPES

_PAYLOAD = {"oneOf": [{"type": "array", "items": TEXT}, TEXT], "description": "Texts that hold JSON, one an instance."}
_ROW = {
    "type": "object",
    "required": ["request_payload"],
    "properties": {
        "endpoint": TEXT,
        "deployed_model_id": {**TEXT, "description": "The version, where the URL names none."},
        "logging_time": TEXT,
        "request_id": TEXT,
        "request_payload": _PAYLOAD,
        "response_payload": _PAYLOAD,
    },
}
_PUSH = {
    "type": "object",
    "required": ["message"],
    "properties": {
        "message": {
            "type": "object",
            "required": ["data", "messageId"],
            "properties": {
                "data": {**TEXT, "description": "Rows in base64, one a line."},
                "messageId": {**TEXT, "description": "The idempotency key, with the subscription."},
                "attributes": {"type": "object"},
            },
        },
        "subscription": TEXT,
    },
}
_STORED = {
    "type": "object",
    "properties": {
        "batches": {"type": "array", "items": TEXT},
        "rows": {"type": "integer"},
        "nonfinite_rows": {"type": "integer"},
    },
}

POST_VERTEX_AI: dict[str, Any] = {
    "tags": ["samples"],
    "operation_id": "post_vertex_ai",
    "request": {JSON_TYPE: _PUSH, **dict.fromkeys(NDJSON_TYPES, _ROW)},
    "parameters": [
        query("model", "The registered model", required=True),
        query("version", "The registered version; else the id of the deployed model"),
        TOKEN_IN_URL,
        IDEMPOTENCY_KEY,
    ],
    "responses": {202: OpenApiResponse(_STORED, "All rows are durably stored."), **REFUSALS, **WRONG_TYPE},
}
