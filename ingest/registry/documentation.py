"""What the OpenAPI document says about `POST /models`."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse

from ingest.api.openapi import TEXT, problems

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
