"""Pieces of the OpenAPI document that the descriptions of several calls share; no serializer describes these bodies."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from ingest.api.intake import TOKEN

TEXT = {"type": "string"}
BATCH_FIELDS: dict[str, Any] = {
    "model": TEXT,
    "version": TEXT,
    "signature": {**TEXT, "description": "Which of a SavedModel's signatures answered, where not the default one."},
    "ids": {"type": "array", "items": TEXT, "description": "Your own id of each row."},
    "observed_at": {"type": "string", "format": "date-time", "description": "When the rows were served."},
    "environment": {"type": "object", "description": "What served them: tensorflow, keras, device, ..."},
    "counts": {
        "type": "object",
        "required": ["predictions"],
        "properties": {
            **{name: {"type": "integer", "minimum": 0} for name in ("predictions", "nonfinite", "dropped")},
            **{name: {"type": "string", "format": "date-time"} for name in ("since", "until")},
        },
        "description": "Where the rows are a sample: all that was served, these rows included. As JSON, counts may "
        "come without rows.",
    },
}
ROW_ERRORS = {
    "type": "object",
    "description": "Where some rows are not like the others: how many were rejected, and what is wrong with the first "
    "20. Those of another shape are stored in a batch of their own.",
    "properties": {
        "rejected": {"type": "integer", "description": "Rows, or lines of an export, that could not be read."},
        "errors": {
            "type": "array",
            "items": {"type": "object", "properties": {"field": TEXT, "message": TEXT}},
        },
    },
}
ACCEPTED = {
    "type": "object",
    "properties": {
        "batch": TEXT,
        "batches": {"type": "array", "items": TEXT, "description": "One for each shape, where rows have several."},
        "rows": {"type": "integer"},
        "nonfinite_rows": {"type": "integer"},
        "left_out": {"type": "array", "items": TEXT, "description": "Columns that no input of the model is made of."},
        "row_errors": ROW_ERRORS,
    },
}
_PROBLEM = {
    "type": "object",
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "errors": {
            "type": "array",
            "items": {"type": "object", "properties": {"field": TEXT, "message": TEXT}},
        },
    },
}


def header(name: str, description: str = "", *, required: bool = False, **more: Any) -> OpenApiParameter:
    """A header of a request."""
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description, required=required, **more)


def query(name: str, description: str, *, required: bool = False) -> OpenApiParameter:
    """A parameter in the URL of a request."""
    return OpenApiParameter(name, str, OpenApiParameter.QUERY, description=description, required=required)


def problems(**meanings: str) -> dict[Any, Any]:
    """Problem documents by status, given as `s422="when"`."""
    return {
        (int(status.removeprefix("s")), "application/problem+json"): OpenApiResponse(_PROBLEM, meaning)
        for status, meaning in meanings.items()
    }


IDEMPOTENCY_KEY = header("Idempotency-Key", "1 to 200 characters")
TOKEN_IN_URL = query(TOKEN, "A key of scope `ingest` only, for senders that can set no header")
REFUSALS = problems(
    s400="The body is not what its type says.",
    s404="The model or version is not registered in this project.",
    s413="A limit is exceeded; the message names it.",
    s422="A field is wrong; `errors` names it.",
    s429="There is no room, or the key sends too fast; `Retry-After` says when to come again. Nothing was stored.",
    s503="The database does not answer; the same request with the same `Idempotency-Key` is stored once.",
)
WRONG_TYPE = problems(s415="The service does not read this content type.")


class BearerKey(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the document describes API keys."""

    target_class = "ingest.api.keys.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - the library's
        return {"type": "http", "scheme": "bearer"}
