"""What the OpenAPI document says about the write API, whose bodies no serializer describes."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from ingest.wires.npz.npz_body import BATCH_HEADER
from ingest.wires.samples.samples_body import ARROW_TYPE, JSON_TYPE, NPZ_TYPE

TEXT = {"type": "string"}
_CELL = {
    "description": "A number, text, boolean or null (missing); NaN and infinities as bare tokens or texts.",
    "nullable": True,
}
_ROWS = {"type": "array", "items": _CELL, "description": "One entry per row; rows may nest lists."}
_TENSORS = {"oneOf": [_ROWS, {"type": "object", "additionalProperties": _ROWS}]}
BATCH_FIELDS: dict[str, Any] = {
    "model": TEXT,
    "version": TEXT,
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
_JSON_BODY = {
    "type": "object",
    "required": ["model", "version", "inputs"],
    "properties": {**BATCH_FIELDS, "inputs": _TENSORS, "outputs": _TENSORS},
}
_NPZ_BODY = {
    "type": "string",
    "format": "binary",
    "description": "Arrays `inputs` or `inputs.<name>`, and optionally `outputs` or `outputs.<name>`, and `ids`: "
    "a text for each row.",
}
_ARROW_BODY = {
    "type": "string",
    "format": "binary",
    "description": "An Arrow IPC stream. Columns `inputs` or `inputs.<name>`, and optionally `outputs` or "
    "`outputs.<name>`: numbers, booleans or text, in nested lists of fixed size or as `arrow.fixed_shape_tensor` for "
    "more axes; null is missing. The other fields as JSON under `nanwatch` in the metadata of the schema, or in the "
    "header.",
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
ACCEPTED = {
    "type": "object",
    "properties": {"batch": TEXT, "rows": {"type": "integer"}, "nonfinite_rows": {"type": "integer"}},
}
_VERSION = {
    "type": "object",
    "properties": {
        "model": TEXT,
        "version": TEXT,
        "artifact": {"type": "object"},
        "metadata": {"type": "object"},
        "registered_at": {"type": "string", "format": "date-time"},
        "audit": {
            "type": "object",
            "properties": {"state": TEXT, "findings": {"type": "array", "items": {"type": "object"}}},
        },
    },
}
_FILE = {"type": "string", "format": "binary"}
_REGISTRATION = {
    "type": "object",
    "required": ["name", "version", "artifact"],
    "properties": {
        "name": TEXT,
        "version": TEXT,
        "artifact": {**_FILE, "description": ".keras, .h5, or a SavedModel as .zip or .tar.gz"},
        "reference": {**_FILE, "description": "Training inputs as .npz, .csv or .parquet"},
        "metadata": {**TEXT, "description": "JSON: features, preprocessing, environment, description"},
    },
}


def problems(**meanings: str) -> dict[Any, Any]:
    """Problem documents by status, given as `s422="when"`."""
    return {
        (int(status.removeprefix("s")), "application/problem+json"): OpenApiResponse(_PROBLEM, meaning)
        for status, meaning in meanings.items()
    }


WHEN_TO_COME_AGAIN = problems(
    s429="There is no room, or the key sends too fast; `Retry-After` says when to come again. Nothing was stored.",
    s503="The database does not answer; the same request with the same `Idempotency-Key` is stored once.",
)
POST_SAMPLES: dict[str, Any] = {
    "tags": ["samples"],
    "operation_id": "post_samples",
    "request": {JSON_TYPE: _JSON_BODY, NPZ_TYPE: _NPZ_BODY, ARROW_TYPE: _ARROW_BODY},
    "parameters": [
        OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="1 to 200 characters"),
        OpenApiParameter("Content-Encoding", str, OpenApiParameter.HEADER, enum=["gzip"]),
        OpenApiParameter(
            BATCH_HEADER,
            str,
            OpenApiParameter.HEADER,
            description="With npz and Arrow: the other fields as JSON",
        ),
    ],
    "responses": {
        202: OpenApiResponse(ACCEPTED, "Durably stored."),
        **problems(
            s400="The body is not what its type says.",
            s404="The model or version is not registered in this project.",
            s413="A limit is exceeded; the message names it.",
            s415="The content type is none that is read.",
            s422="A field is wrong; `errors` names it.",
        ),
        **WHEN_TO_COME_AGAIN,
    },
    "examples": [
        OpenApiExample(
            "Rows with a missing value",
            {"model": "churn", "version": "7", "inputs": [[1, 2, None], [3, 4, 5]]},
            request_only=True,
            media_type=JSON_TYPE,
        )
    ],
}

POST_MODELS: dict[str, Any] = {
    "tags": ["models"],
    "operation_id": "register_model",
    "request": {"multipart/form-data": _REGISTRATION},
    "responses": {
        201: OpenApiResponse(_VERSION, "Stored; a worker audits it."),
        200: OpenApiResponse(_VERSION, "The very same version was registered before."),
        **problems(
            s409="Name and version belong to another artifact.",
            s422="A field is wrong, the file is no model, or a limit is exceeded.",
        ),
    },
}


class BearerKey(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the document describes API keys."""

    target_class = "ingest.api.authentication.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - the library's
        return {"type": "http", "scheme": "bearer"}
