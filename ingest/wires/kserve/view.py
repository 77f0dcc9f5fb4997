"""`POST /samples/kserve`: the sink of KServe's inference logger, to which any status but 200 is a failure."""

import hashlib
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema

from ingest.api.answers import Accepted
from ingest.api.bodies import JSON_TYPE, read_body
from ingest.api.intake import SinkIntake, Wire
from ingest.api.openapi import REFUSALS, ROW_ERRORS, TOKEN_IN_URL, header, query
from ingest.batches.accept import StoredBatch
from ingest.batches.call_halves import Half, take_half
from ingest.limits import BATCH, MAX_BATCH_BYTES
from ingest.wires.kserve.event import LENGTH_HEADER, REQUEST, RESPONSE, Event, decode_half, read_event
from nantrace.tensors.refusals import Refusal

_HALF = {
    "type": "object",
    "description": "The body of the prediction request or response: protocol v1 or v2, or v2 with raw tensors.",
}
_STATE = {
    "type": "object",
    "properties": {
        "batch": {"type": "string", "nullable": True},
        "state": {"type": "string", "enum": ["waiting", "stored", "ignored"]},
        "rows": {"type": "integer"},
        "nonfinite_rows": {"type": "integer"},
        "row_errors": ROW_ERRORS,
    },
}
_POST_KSERVE: dict[str, Any] = {
    "tags": ["samples"],
    "operation_id": "post_kserve",
    "request": {JSON_TYPE: _HALF, "application/octet-stream": {"type": "string", "format": "binary"}},
    "parameters": [
        query("version", "The registered version that the logger's pod serves", required=True),
        query("model", "The registered model; else the name of the InferenceService"),
        TOKEN_IN_URL,
        header("ce-id", "Joins request and response", required=True),
        header("ce-type", "Which half it is", required=True, enum=[REQUEST, RESPONSE]),
        header("ce-time", "When it happened"),
        header("ce-inferenceservicename", "The InferenceService"),
        header(LENGTH_HEADER, "How long the JSON before raw tensors is; found out where it is missing"),
    ],
    "responses": {200: OpenApiResponse(_STATE, "Durably stored, or known already."), **REFUSALS},
}


class KServe(SinkIntake):
    """Takes requests and responses as they come and joins them by their `ce-id`."""

    @extend_schema(**_POST_KSERVE)
    def post(self, request: HttpRequest) -> Accepted:
        """Stores half of a call; both halves together are a batch."""
        event = read_event(request.headers)
        body = read_body(request, MAX_BATCH_BYTES, BATCH.way_out)
        if not event.of_model:
            return Accepted({"batch": None, "state": "ignored"}, new_rows=0, status=200)
        return _accepted(take_half(self.key.project, _half(request, event, body)))


def _half(request: HttpRequest, event: Event, body: bytes) -> Half:
    version = request.GET.get("version", "")
    if not version:
        raise Refusal("version", "is missing; add ?version=... to the logger's URL, as it was registered")
    decoded = decode_half(event, body)
    return Half(
        call=event.call,
        event_id=event.event_id,
        is_request=event.is_request,
        model=request.GET.get("model") or event.service,
        version=version,
        occurred_at=event.occurred_at or timezone.now(),
        side=decoded.side,
        signature=decoded.signature,
        body_sha256=hashlib.sha256(body).hexdigest(),
    )


def _accepted(stored: list[StoredBatch]) -> Accepted:
    if not stored:
        return Accepted({"batch": None, "state": "waiting"}, new_rows=0, status=200)
    return replace(Accepted.of(stored, state="stored"), status=200)


WIRE = Wire("samples/kserve", KServe)
