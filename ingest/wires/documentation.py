"""What the OpenAPI document says about the wires of serving stacks."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from ingest.api.sink_keys import TOKEN
from ingest.wires.kserve.event import LENGTH_HEADER, REQUEST, RESPONSE
from ingest.wires.samples.documentation import ACCEPTED, BATCH_FIELDS, TEXT, WHEN_TO_COME_AGAIN, problems
from ingest.wires.samples.samples_body import JSON_TYPE
from ingest.wires.vertex_ai.rows import NDJSON_TYPES

_REFUSALS = {
    **problems(
        s400="The body is not what its type says.",
        s404="The model or version is not registered in this project.",
        s413="A limit is exceeded; the message names it.",
        s422="A field is wrong; `errors` names it.",
    ),
    **WHEN_TO_COME_AGAIN,
}
_WRONG_TYPE = problems(s415="The content type is none that is read.")
_IDEMPOTENCY_KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="1 to 200 characters")
_TOKEN = OpenApiParameter(
    TOKEN, str, OpenApiParameter.QUERY, description="A key of scope `ingest` only, for senders that can set no header"
)
_BODY_OF = "the body as the server saw it, as JSON or as a text that holds it"
_TENSORFLOW_SERVING_BODY = {
    "type": "object",
    "required": ["model", "version", "request"],
    "properties": {
        **BATCH_FIELDS,
        "request": {
            "description": f"`instances` or `inputs`: {_BODY_OF}.",
            "oneOf": [{"type": "object"}, TEXT],
        },
        "response": {
            "description": f"`predictions`, `outputs` or `error`: {_BODY_OF}.",
            "oneOf": [{"type": "object"}, TEXT],
        },
    },
}
_HALF = {
    "type": "object",
    "description": "The body of the prediction request or response: protocol v1 or v2, or v2 with raw tensors.",
}
_JOINED = {
    "type": "object",
    "properties": {
        "batch": {"type": "string", "nullable": True},
        "state": {"type": "string", "enum": ["waiting", "stored"]},
        "rows": {"type": "integer"},
        "nonfinite_rows": {"type": "integer"},
    },
}
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


def _query(name: str, description: str, *, required: bool) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.QUERY, description=description, required=required)


def _header(name: str, description: str, *, required: bool = False, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description, required=required, **more)


POST_TENSORFLOW_SERVING: dict[str, Any] = {
    "tags": ["samples"],
    "operation_id": "post_tensorflow_serving",
    "request": {JSON_TYPE: _TENSORFLOW_SERVING_BODY},
    "parameters": [_IDEMPOTENCY_KEY],
    "responses": {202: OpenApiResponse(ACCEPTED, "Durably stored."), **_REFUSALS, **_WRONG_TYPE},
    "examples": [
        OpenApiExample(
            "A call and its answer",
            {
                "model": "churn",
                "version": "7",
                "request": {"instances": [[1.0, 2.0, 3.0]]},
                "response": {"predictions": [[0.9]]},
            },
            request_only=True,
            media_type=JSON_TYPE,
        )
    ],
}

POST_KSERVE: dict[str, Any] = {
    "tags": ["samples"],
    "operation_id": "post_kserve",
    "request": {JSON_TYPE: _HALF, "application/octet-stream": {"type": "string", "format": "binary"}},
    "parameters": [
        _query("version", "The registered version that the logger's pod serves", required=True),
        _query("model", "The registered model; else the name of the InferenceService", required=False),
        _TOKEN,
        _header("ce-id", "Joins request and response", required=True),
        _header("ce-type", "Which half it is", required=True, enum=[REQUEST, RESPONSE]),
        _header("ce-time", "When it happened"),
        _header("ce-inferenceservicename", "The InferenceService"),
        _header(LENGTH_HEADER, "How long the JSON before raw tensors is; found out where it is missing"),
    ],
    "responses": {200: OpenApiResponse(_JOINED, "Durably stored, or known already."), **_REFUSALS},
}

POST_VERTEX_AI: dict[str, Any] = {
    "tags": ["samples"],
    "operation_id": "post_vertex_ai",
    "request": {JSON_TYPE: _PUSH, **dict.fromkeys(NDJSON_TYPES, _ROW)},
    "parameters": [
        _query("model", "The registered model", required=True),
        _query("version", "The registered version; else the id of the deployed model", required=False),
        _TOKEN,
        _IDEMPOTENCY_KEY,
    ],
    "responses": {202: OpenApiResponse(_STORED, "All rows are durably stored."), **_REFUSALS, **_WRONG_TYPE},
}
