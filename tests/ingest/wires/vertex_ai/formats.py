"""The formats of Vertex AI's request-response log: rows of an export, and rows that Pub/Sub pushes."""

import base64
import json
from collections.abc import Iterable

from ingest.formats.json.documents import decode_json_object
from ingest.wires.vertex_ai.batches import batches_of
from ingest.wires.vertex_ai.rows import decode_export, decode_push
from nantrace.tensors.tensor import Tensor, Tensors
from tests.ingest.wires.format import Sides, Target, both_sides, instances_of, of_tokens, sides_of
from tests.ingest.wires.recorded import recorded

PATH = "/samples/vertex-ai?model=churn&version=7"


def send_rows(tensors: list[Tensor]) -> Sides:
    return _logged(_logged_row(tensors))


def send_push(tensors: list[Tensor]) -> Sides:
    message = {"data": base64.b64encode(_logged_row(tensors)).decode(), "messageId": "1"}
    pushed = decode_push({"message": message, "subscription": "s"})
    return _logged(pushed.data if pushed else b"")


def _logged_row(tensors: list[Tensor]) -> bytes:
    rows = instances_of(tensors)
    return json.dumps({"request_payload": rows, "response_payload": rows}).encode() + b"\n"


def _logged(lines: bytes) -> Sides:
    (batch,) = batches_of(decode_export(lines), "churn", "7", _registered)
    return both_sides(batch)


def _registered(model: str, version: str) -> None:
    """Every version is."""


def _exported(lines: bytes) -> Iterable[Tensors]:
    return sides_of(*batches_of(decode_export(lines), "churn", "7", _registered))


def _pushed(body: bytes) -> Iterable[Tensors]:
    message = decode_push(decode_json_object(body, "body"))
    return _exported(body if message is None else message.data)


FORMATS = [of_tokens("vertex-ai rows", send_rows), of_tokens("vertex-ai push", send_push)]
TARGETS = [
    Target(
        "vertex-ai rows", PATH, {"Content-Type": "application/x-ndjson"}, _exported, [recorded("vertex_ai/rows.ndjson")]
    ),
    Target("vertex-ai push", PATH, {"Content-Type": "application/json"}, _pushed, [recorded("vertex_ai/push.json")]),
]
