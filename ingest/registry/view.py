"""`POST /models`: the answer, and how it is described."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ingest.api.keys import project_of
from ingest.api.openapi import TEXT, problems
from ingest.models import ModelVersion, Scope
from ingest.registry.form import bound_form, registration_of
from ingest.registry.register import register_model

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
_POST_MODELS: dict[str, Any] = {
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


class RegisterModel(APIView):
    """Registers versions. The read API extends this view with `get`, and `represent` with what it knows."""

    required_scopes = {"POST": Scope.MODELS}
    parser_classes = (MultiPartParser,)

    @extend_schema(**_POST_MODELS)
    def post(self, request: Request) -> Response:
        """Stores a model file; a worker audits it afterwards."""
        bound_form(request._request)
        version, is_new = register_model(project_of(request), registration_of(request.POST, request.FILES))
        return Response(self.represent(version), status=201 if is_new else 200)

    def represent(self, version: ModelVersion) -> dict[str, Any]:
        """The version as the API shows it, before a worker has looked at it."""
        return {
            "model": version.model.name,
            "version": version.version,
            "artifact": {
                "format": version.artifact_format,
                "bytes": version.artifact_bytes,
                "sha256": version.artifact_sha256,
            },
            "metadata": version.metadata,
            "registered_at": version.created_at,
            "audit": {"state": "pending", "findings": []},
        }
