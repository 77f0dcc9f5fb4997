"""`POST /samples/tensorflow-serving`: a predict call as a proxy in front of TensorFlow Serving logs it."""

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema

from ingest.api.answers import Accepted
from ingest.api.bodies import JSON_TYPE, check_content_type, read_body
from ingest.api.intake import Intake, Wire
from ingest.api.openapi import ACCEPTED, BATCH_FIELDS, IDEMPOTENCY_KEY, REFUSALS, TEXT, WRONG_TYPE
from ingest.batches.accept import Idempotency, accept_post
from ingest.limits import BATCH, MAX_BATCH_BYTES
from ingest.wires.tensorflow_serving.body import decode_tensorflow_serving_body

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
_POST_TENSORFLOW_SERVING: dict[str, Any] = {
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


class TensorFlowServing(Intake):
    """Takes a request and its response in the format of the server."""

    @extend_schema(**_POST_TENSORFLOW_SERVING)
    def post(self, request: HttpRequest) -> Accepted:
        """Stores the rows of a predict call and what was answered to them."""
        check_content_type(request.content_type, (JSON_TYPE,))
        project, body = self.key.project, read_body(request, MAX_BATCH_BYTES, BATCH.way_out)
        idempotency = Idempotency.of(request.headers.get("Idempotency-Key"), body)
        return Accepted.of(accept_post(project, decode_tensorflow_serving_body(body), idempotency))


WIRE = Wire("samples/tensorflow-serving", TensorFlowServing)
