"""The formats of a predict call of TensorFlow Serving: rows and columns."""

from ingest.wires.tensorflow_serving.view import decode_tensorflow_serving_body
from nantrace.tensors.tensor import Tensor
from tests.ingest.wires.format import FIELDS, Sides, Target, both_sides, instances_of, object_of, of_tokens, sides_of
from tests.ingest.wires.recorded import recorded


def send_rows(tensors: list[Tensor]) -> Sides:
    rows = ", ".join(instances_of(tensors))
    return _sent(f'{{"instances": [{rows}]}}', f'{{"predictions": [{rows}]}}')


def send_columns(tensors: list[Tensor]) -> Sides:
    return _sent(f'{{"inputs": {object_of(tensors)}}}', f'{{"outputs": {object_of(tensors)}}}')


def _sent(request: str, response: str) -> Sides:
    return both_sides(*decode_tensorflow_serving_body(_call(request.encode(), response.encode())))


def _call(request: bytes, response: bytes) -> bytes:
    return f'{{{FIELDS}, "request": '.encode() + request + b', "response": ' + response + b"}"


def _recorded_call(kind: str) -> bytes:
    return _call(*(recorded(f"tensorflow_serving/{kind}_{side}.json") for side in ("request", "response")))


FORMATS = [
    of_tokens("tensorflow-serving rows", send_rows),
    of_tokens("tensorflow-serving columns", send_columns),
]
TARGETS = [
    Target(
        "tensorflow-serving",
        "/samples/tensorflow-serving",
        {"Content-Type": "application/json"},
        lambda body: sides_of(*decode_tensorflow_serving_body(body)),
        [_recorded_call("row"), _recorded_call("column")],
    )
]
