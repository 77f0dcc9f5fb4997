"""`POST /models`."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ingest.api.authentication import project_of
from ingest.models import ModelVersion, Scope
from ingest.registry.documentation import POST_MODELS
from ingest.registry.form import read_registration
from ingest.registry.register import register_model


class RegisterModel(APIView):
    """Registers versions. The read API extends this view with `get`, and `represent` with what it knows."""

    required_scopes = {"POST": Scope.MODELS}
    parser_classes = (MultiPartParser,)

    @extend_schema(**POST_MODELS)
    def post(self, request: Request) -> Response:
        """Stores a model file; a worker audits it afterwards."""
        version, is_new = register_model(project_of(request), read_registration(request))
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
