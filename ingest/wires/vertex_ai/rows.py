"""Rows of the BigQuery table in which Vertex AI logs online predictions, as JSON objects, one a line.

Columns: endpoint, deployed_model_id, logging_time, request_id, request_payload, response_payload; others are
not read. A payload is a repeated column of texts, each the JSON of one instance or one prediction; or one text that
holds the body of the whole call. Rows come as the lines of an export, or wrapped in a message that Pub/Sub pushes.
"""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.batches.decoded import read_time
from ingest.batches.sides import Side
from ingest.formats.json.documents import check_json_size, decode_json
from ingest.formats.json.predict import plain_texts, request_side, response_side, side_of
from ingest.limits import BATCH
from nantrace.tensors.refusals import Malformed, Refusal, TooLarge

_MAX_CALLS = 20_000  # a call costs 0.1 ms
NDJSON_TYPES = ("application/x-ndjson", "application/jsonl", "application/x-jsonlines")


@dataclass(frozen=True)
class LoggedCall:
    """One row of the table; `line` says which, as messages do."""

    line: str
    deployed_model: str
    logged_at: datetime | None
    request_id: str
    inputs: Side
    outputs: Side | None


@dataclass(frozen=True)
class Message:
    """What Pub/Sub pushes: `key` is the same for every delivery of the message."""

    key: str
    data: bytes


def decode_push(document: dict[str, Any]) -> Message | None:
    """The message of a push request; None when the document is a row. Raises Refusal."""
    message = document.get("message")
    if not isinstance(message, dict):
        return None
    message_id = message.get("messageId")
    if not isinstance(message_id, str) or not message_id:
        raise Refusal("message.messageId", "is missing; send the push request as Pub/Sub makes it")
    try:
        data = base64.b64decode(message.get("data") or "", validate=True)
    except (binascii.Error, ValueError, TypeError):
        raise Malformed("message.data", "is not base64; leave the payload wrapped") from None
    origin = json.dumps([str(document.get("subscription")), message_id])
    return Message(f"pubsub:{hashlib.sha256(origin.encode()).hexdigest()}", data)


@dataclass(frozen=True)
class Export:
    """What can be read of an export, and why the other lines cannot: each names the line and its column."""

    calls: list[LoggedCall]
    rejected: list[Refusal]


def decode_export(lines: bytes) -> Export:
    """The calls of an export, a bad line left out; raises TooLarge."""
    check_json_size(lines, "body")
    export, rows = Export([], []), 0
    for number, line in enumerate(lines.splitlines(), 1):
        if not line.strip():
            continue
        if number > _MAX_CALLS:
            raise TooLarge("body", f"holds more than {_MAX_CALLS:,} calls; post the export in parts")
        try:
            call = _call(line, f"line {number}")
        except Refusal as refusal:
            export.rejected.append(refusal)
            continue
        export.calls.append(call)
        rows += call.inputs.rows
        BATCH.check_rows("body", rows)
    return export


def _call(line: bytes, where: str) -> LoggedCall:
    row = decode_json(line, where)
    if not isinstance(row, dict):
        raise Malformed(where, "is not a JSON object; export the rows as newline-delimited JSON")
    request, response = f"{where}.request_payload", f"{where}.response_payload"
    inputs = _side("inputs", _payload(row.get("request_payload"), request), request)
    if inputs is None:
        raise Refusal(request, "is missing or empty; log requests and responses")
    outputs = _side("outputs", _payload(row.get("response_payload"), response), response)
    if outputs is not None and outputs.rows != inputs.rows:
        raise Refusal(response, f"has {outputs.rows} rows, request_payload has {inputs.rows}")
    return LoggedCall(
        line=where,
        deployed_model=_short_text(row.get("deployed_model_id")),
        logged_at=_time(row.get("logging_time"), f"{where}.logging_time"),
        request_id=_short_text(row.get("request_id")),
        inputs=inputs,
        outputs=outputs,
    )


def _payload(column: Any, field: str) -> list[Any]:
    """The decoded texts of a payload column."""
    texts = column if isinstance(column, list) else [] if column is None else [column]
    BATCH.check_rows(field, len(texts))
    if not all(isinstance(text, str) for text in texts):
        raise Refusal(field, "must be texts that hold JSON, as Vertex AI writes them")
    decoded = [decode_json(text.encode(errors="surrogatepass"), field) for text in texts]
    return [plain_texts(one) if isinstance(one, list | dict) else one for one in decoded]


def _side(side: str, payload: list[Any], field: str) -> Side | None:
    """The rows of one side; None when there is no payload, or an error instead of predictions."""
    if not payload:
        return None
    is_request = side == "inputs"
    names = {"instances"} if is_request else {"predictions", "error"}
    if len(payload) == 1 and isinstance(payload[0], dict) and payload[0].keys() & names:
        return (request_side if is_request else response_side)(payload[0], field)
    return side_of(side, field, payload)


def _short_text(value: Any) -> str:
    """BigQuery exports NUMERIC as a text or as a number."""
    return "" if value is None else str(value)[:200]


def _time(value: Any, field: str) -> datetime | None:
    text = value.removesuffix(" UTC") + "+00:00" if isinstance(value, str) and value.endswith(" UTC") else value
    return read_time(field, text)
