"""One CloudEvent of KServe's inference logger, in binary mode: its attributes are headers, the logged body is the body.

Source: kserve/kserve `pkg/logger/worker.go` and `handler.go`. A request and its response are two events of one
`ce-id`, in any order. Both carry the Content-Type and, in `ce-metadata`, chosen headers *of the request*; the
response's own headers are lost, and with them the length of the JSON before raw tensors.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ingest.batches.decoded import checked_signature, read_time
from ingest.batches.sides import Side
from ingest.formats.json import predict
from ingest.limits import MAX_TEXT
from ingest.wires.kserve import open_inference
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.strict_json import check_storable
from nantrace.tensors.tensor import TensorError

REQUEST, RESPONSE = "org.kubeflow.serving.inference.request", "org.kubeflow.serving.inference.response"
LENGTH_HEADER = "Inference-Header-Content-Length"
# where the event comes from; with its id it names one call. A service and its transformer may log the same id.
_ORIGIN = ("ce-source", "ce-namespace", "ce-inferenceservicename", "ce-endpoint", "ce-component")


@dataclass(frozen=True)
class Event:
    """The attributes of one event: half of a call.

    `of_model`: the component that logged it is the predictor. What a transformer or an explainer logs under the same id
    is not what the model was asked, nor what it answered.
    """

    event_id: str
    is_request: bool
    call: str  # the digest that both halves of a call share
    service: str  # the InferenceService, "" where the event names none
    occurred_at: datetime | None
    json_length: int | None
    of_model: bool = True


def read_event(headers: Mapping[str, str]) -> Event:
    """Checks the attributes; raises Refusal naming the header. `headers` are looked up without regard to case."""
    kind = headers.get("ce-type")
    if kind not in (REQUEST, RESPONSE):
        raise Refusal("ce-type", f"is {str(kind)[:100]!r}; KServe's logger sends {REQUEST} and {RESPONSE}")
    event_id = headers.get("ce-id", "")
    if not 0 < len(event_id) <= MAX_TEXT:
        raise Refusal("ce-id", f"must have 1 to {MAX_TEXT} characters")
    check_storable("ce-id", event_id)
    origin = [headers.get(name, "") for name in _ORIGIN]
    return Event(
        event_id=event_id,
        is_request=kind == REQUEST,
        call=hashlib.sha256(json.dumps([event_id, *origin]).encode()).hexdigest(),
        service=headers.get("ce-inferenceservicename", ""),
        occurred_at=read_time("ce-time", headers.get("ce-time")),
        json_length=_json_length(headers, is_request=kind == REQUEST),
        of_model=headers.get("ce-component", "").strip().lower() not in ("transformer", "explainer"),
    )


@dataclass(frozen=True)
class Body:
    """What half of a call holds: `side` is None for a response that holds only an `error`."""

    side: Side | None
    signature: str = ""


def decode_half(event: Event, body: bytes) -> Body:
    """A request or a response of either protocol; raises Refusal."""
    field, side = ("request", "inputs") if event.is_request else ("response", "outputs")
    text, raw = open_inference.split(body, field, event.json_length)
    document = predict.decode_predict_json(text, field)
    if open_inference.is_open_inference(document, side):
        return Body(Side.whole(open_inference.tensors_of(document, side, raw, field)))
    if raw:
        raise TensorError(field, f"has {len(raw)} bytes after its JSON, and no tensors to which they belong")
    if not event.is_request:
        return Body(predict.response_side(document, field))
    signature = checked_signature(f"{field}.signature_name", document.get("signature_name"))
    return Body(predict.request_side(document, field), signature)


def _json_length(headers: Mapping[str, str], *, is_request: bool) -> int | None:
    """What the header says, or `ce-metadata` where the logger was configured to keep that header."""
    text = headers.get(LENGTH_HEADER)
    if text is None and is_request:
        text = _kept_header(headers.get("ce-metadata", ""))
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise Refusal(LENGTH_HEADER, "must be a whole number of bytes")
    return int(text)


def _kept_header(metadata: str) -> str | None:
    try:
        values = json.loads(metadata)[LENGTH_HEADER]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return values[0] if isinstance(values, list) and values and isinstance(values[0], str) else None
