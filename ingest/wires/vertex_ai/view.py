"""`POST /samples/vertex-ai`: rows of Vertex AI's request-response log, exported or pushed by Pub/Sub."""

import functools
import hashlib
from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiResponse, extend_schema

from ingest.api.answers import Accepted, counts_of
from ingest.api.bodies import JSON_TYPE, check_content_type, read_body
from ingest.api.intake import SinkIntake, Wire
from ingest.api.openapi import IDEMPOTENCY_KEY, REFUSALS, ROW_ERRORS, TEXT, TOKEN_IN_URL, WRONG_TYPE, query
from ingest.batches.accept import Idempotency, StoredBatch, accept_post
from ingest.batches.version_ids import version_id_of
from ingest.formats.json.documents import check_json_size, decode_json_object
from ingest.limits import BATCH, MAX_BATCH_BYTES
from ingest.wires.vertex_ai.batches import batches_of
from ingest.wires.vertex_ai.rows import NDJSON_TYPES, decode_export, decode_push
from nantrace.tensors.refusals import Refusal

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
        "row_errors": ROW_ERRORS,
    },
}
_POST_VERTEX_AI: dict[str, Any] = {
    "tags": ["samples"],
    "operation_id": "post_vertex_ai",
    "request": {JSON_TYPE: _PUSH, **dict.fromkeys(NDJSON_TYPES, _ROW)},
    "parameters": [
        query("model", "The registered model", required=True),
        query("version", "The registered version; else the id of the deployed model"),
        TOKEN_IN_URL,
        IDEMPOTENCY_KEY,
    ],
    "responses": {
        202: OpenApiResponse(_STORED, "All rows that can be read are durably stored."),
        **REFUSALS,
        **WRONG_TYPE,
    },
}


class VertexAI(SinkIntake):
    """Takes all rows of a body that can be read; a bad line costs itself only, and the answer names it."""

    @extend_schema(**_POST_VERTEX_AI)
    def post(self, request: HttpRequest) -> Accepted:
        """Stores logged calls; those that can be replayed together become one batch."""
        check_content_type(request.content_type, (JSON_TYPE, *NDJSON_TYPES))
        key, lines = _lines(request, read_body(request, MAX_BATCH_BYTES, BATCH.way_out))
        model = request.GET.get("model", "")
        if not model:
            raise Refusal("model", "is missing; add ?model=... to the URL, as it was registered")
        project, idempotency = self.key.project, Idempotency(key, hashlib.sha256(lines).hexdigest())
        check = functools.partial(version_id_of, project)
        batches = batches_of(decode_export(lines), model, request.GET.get("version"), check)
        return _accepted(accept_post(project, batches, idempotency))


def _lines(request: HttpRequest, body: bytes) -> tuple[str | None, bytes]:
    """The idempotency key and the rows, one a line."""
    key = request.headers.get("Idempotency-Key")
    if request.content_type != JSON_TYPE:
        return key, body
    check_json_size(body, "body")
    message = decode_push(decode_json_object(body, "body"))
    return (key, b" ".join(body.splitlines())) if message is None else (message.key, message.data)


def _accepted(stored: list[StoredBatch]) -> Accepted:
    batches = [one.batch for one in stored]
    document = {"batches": [batch.pk for batch in batches], **counts_of(batches)}
    return Accepted(document, sum(one.new_rows for one in stored))


WIRE = Wire("samples/vertex-ai", VertexAI)
