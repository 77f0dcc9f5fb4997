"""`GET /models`, `GET /models/{name}`, `GET /models/{name}/versions/{version}`."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ingest.api.authentication import project_of
from ingest.models import ModelVersion, Scope
from ingest.registry.view import RegisterModel
from monitoring.web.api import documentation
from monitoring.web.api.model_document import documented_models, model_document, version_document
from monitoring.web.api.paging import ByName


class Models(RegisterModel):
    """The registry of the key's project."""

    required_scopes = {"GET": Scope.READ, "POST": Scope.MODELS}

    def represent(self, version: ModelVersion) -> dict[str, Any]:
        """What `POST` answers: the same as a later `GET` of the version."""
        return version_document(version)

    @extend_schema(**documentation.LIST_MODELS)
    def get(self, request: Request) -> Response:
        """Models by name, with their versions."""
        pages = ByName()
        page = pages.paginate_queryset(documented_models(project_of(request)), request, view=self) or []
        return pages.get_paginated_response([model_document(one) for one in page])


class OneModel(APIView):
    """One model of the key's project."""

    required_scopes = {"GET": Scope.READ}

    @extend_schema(**documentation.GET_MODEL)
    def get(self, request: Request, name: str) -> Response:
        """A model and its versions, newest first."""
        model = documented_models(project_of(request)).filter(name=name).first()
        if model is None:
            raise Http404(f"There is no model {name} in this project.")
        return Response(model_document(model))


class OneVersion(APIView):
    """One version of a model of the key's project."""

    required_scopes = {"GET": Scope.READ}

    @extend_schema(**documentation.GET_VERSION)
    def get(self, request: Request, name: str, version: str) -> Response:
        """A version with its audit, its signature and the statistics of its reference."""
        found = ModelVersion.objects.select_related("model", "profile").filter(
            model__project=project_of(request), model__name=name, version=version
        )
        one = found.first()
        if one is None:
            raise Http404(f"There is no version {version} of a model {name} in this project.")
        return Response(version_document(one))
