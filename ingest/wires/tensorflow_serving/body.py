"""A predict call of TensorFlow Serving as a proxy logs it: request and response, with the fields of a batch.

`request` and `response` are the two bodies as JSON, or as texts that hold that JSON. A `response` that holds an
`error` marks the batch as unanswered.
"""

from typing import Any

from ingest.batches.decoded import DecodedBatch, read_fields
from ingest.batches.sides import batches_of_call
from ingest.formats.json.predict import decode_predict_json, request_side, response_side
from nantrace.tensors.tensor import TensorError


def decode_tensorflow_serving_body(body: bytes) -> list[DecodedBatch]:
    """The rows of the pair, a batch for each shape; raises Refusal naming the field that is wrong."""
    fields = decode_predict_json(body, "body", ("request", "response"))
    request = _document(fields.pop("request", None), "request")
    if request is None:
        raise TensorError("request", "is missing; send the body of the predict call under this name")
    response = _document(fields.pop("response", None), "response")
    outputs = None if response is None else response_side(response, "response")
    if "signature_name" in request:
        fields.setdefault("signature", request["signature_name"])
    unanswered = response is not None and outputs is None
    inputs = request_side(request, "request")
    return batches_of_call(inputs, outputs, read_fields(fields, inputs.rows), unanswered=unanswered)


def _document(value: Any, field: str) -> dict[str, Any] | None:
    if isinstance(value, str):
        return decode_predict_json(value.encode(errors="surrogatepass"), field)
    if value is None or isinstance(value, dict):
        return value
    raise TensorError(field, "must be a JSON object, or a text that holds one")
