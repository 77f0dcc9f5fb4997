"""`POST /samples/tensorflow-serving`: a predict call as a proxy in front of TensorFlow Serving logs it.

`request` and `response` are the two bodies as JSON, or as texts that hold that JSON. A `response` that holds an
`error`, or no predictions of these rows, marks the batch as unanswered.
"""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema

from ingest.api.answers import Accepted
from ingest.api.bodies import JSON_TYPE, check_content_type, read_body
from ingest.api.intake import Intake, Wire
from ingest.api.openapi import ACCEPTED, BATCH_FIELDS, IDEMPOTENCY_KEY, REFUSALS, TEXT, WRONG_TYPE
from ingest.batches.accept import Idempotency, accept_post
from ingest.batches.decoded import DecodedBatch, read_fields
from ingest.batches.sides import Json, Side, batches_of_call, merged, row_errors_of
from ingest.formats.json.predict import decode_predict_json, request_side, response_side
from ingest.limits import BATCH, MAX_BATCH_BYTES
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.tensor import TensorError

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


def decode_tensorflow_serving_body(body: bytes) -> list[DecodedBatch]:
    """The rows of the pair, a batch for each shape; raises Refusal naming the field that is wrong."""
    fields = decode_predict_json(body, "body", ("request", "response"))
    request = _document(fields.pop("request", None), "request")
    if request is None:
        raise TensorError("request", "is missing; send the body of the predict call under this name")
    if "signature_name" in request:
        fields.setdefault("signature", request["signature_name"])
    inputs = request_side(request, "request")
    outputs, unread = _answers(response := fields.pop("response", None), inputs.rows)
    inputs = replace(inputs, row_errors=merged(inputs.row_errors, unread))
    unanswered = response is not None and outputs is None
    return batches_of_call(inputs, outputs, read_fields(fields, inputs.rows), unanswered=unanswered)


def _answers(response: Any, rows: int) -> tuple[Side | None, Json | None]:
    """The predictions, None where there are none; and why a response is none, such as the page of a gateway.

    The proxy cannot send the call again, and its rows are as good without their answers.
    """
    try:
        document = _document(response, "response")
        outputs = None if document is None else response_side(document, "response")
        if outputs is not None and outputs.rows != rows:
            raise TensorError("response", f"has {outputs.rows} rows, the request has {rows}")
    except Refusal as error:
        return None, row_errors_of([], [type(error)(error.field, f"{error.message}: stored without predictions")])
    return outputs, None


def _document(value: Any, field: str) -> dict[str, Any] | None:
    if isinstance(value, str):
        return decode_predict_json(value.encode(errors="surrogatepass"), field)
    if value is None or isinstance(value, dict):
        return value
    raise TensorError(field, "must be a JSON object, or a text that holds one")


WIRE = Wire("samples/tensorflow-serving", TensorFlowServing)
