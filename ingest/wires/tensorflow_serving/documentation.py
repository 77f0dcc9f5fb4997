"""What the OpenAPI document says about `POST /samples/tensorflow-serving`."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse

from ingest.api.bodies import JSON_TYPE
from ingest.api.openapi import ACCEPTED, BATCH_FIELDS, IDEMPOTENCY_KEY, REFUSALS, TEXT, WRONG_TYPE

_BODY_OF = "the body as the server saw it, as JSON or as a text that holds it"
_CALL = {
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

POST_TENSORFLOW_SERVING: dict[str, Any] = {
    "tags": ["samples"],
    "operation_id": "post_tensorflow_serving",
    "request": {JSON_TYPE: _CALL},
    "parameters": [IDEMPOTENCY_KEY],
    "responses": {202: OpenApiResponse(ACCEPTED, "Durably stored."), **REFUSALS, **WRONG_TYPE},
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
