"""`GET /models`, `GET /models/{name}`, `GET /models/{name}/versions/{version}`."""

from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ingest.api.keys import project_of
from ingest.models import Model, ModelVersion, Project, Scope
from ingest.registry.view import RegisterModel
from monitoring.models import AuditState, IncidentState, VersionProfile
from monitoring.traffic.version_traffic import unanswered_of
from monitoring.web.api import documentation
from monitoring.web.api.moments import moment
from monitoring.web.paging import ByName


class Models(RegisterModel):
    """The registry of the key's project."""

    required_scopes = {"GET": Scope.READ, "POST": Scope.MODELS}

    def represent(self, version: ModelVersion) -> dict[str, Any]:
        """What `POST` answers: the same as a later `GET` of the version."""
        return _version_document(version)

    @extend_schema(**documentation.LIST_MODELS)
    def get(self, request: Request) -> Response:
        """Models by name, with their versions."""
        pages = ByName()
        page = pages.paginate_queryset(_documented_models(project_of(request)), request, view=self) or []
        return pages.get_paginated_response([_model_document(one) for one in page])


class OneModel(APIView):
    """One model of the key's project."""

    required_scopes = {"GET": Scope.READ}

    @extend_schema(**documentation.GET_MODEL)
    def get(self, request: Request, name: str) -> Response:
        """A model and its versions, newest first."""
        model = _documented_models(project_of(request)).filter(name=name).first()
        if model is None:
            raise Http404(f"There is no model {name} in this project.")
        return Response(_model_document(model))


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
        return Response(_version_document(one))


def _documented_models(project: Project) -> QuerySet[Model]:
    """The models of a project with `open_incidents`."""
    still_open = Count("incidents", filter=Q(incidents__state=IncidentState.OPEN))
    return project.models.annotate(open_incidents=still_open).prefetch_related("versions__profile")


def _model_document(model: Model) -> dict[str, Any]:
    """A model of `_documented_models` and its versions, newest first."""
    versions = sorted(model.versions.all(), key=lambda version: version.pk, reverse=True)
    return {
        "name": model.name,
        "registered_at": moment(model.created_at),
        "open_incidents": getattr(model, "open_incidents", 0),
        "versions": [_version_summary(version) for version in versions],
        "url": f"{settings.NANWATCH_BASE_URL}/models/{model.name}",
    }


def _version_document(version: ModelVersion) -> dict[str, Any]:
    """Everything that is known of a version; `reference` is null until its statistics were taken."""
    profile = _profile(version)
    unanswered = unanswered_of(version)
    environment = version.metadata.get("environment") or {}
    return {
        "model": version.model.name,
        **_version_summary(version),
        "artifact": {
            "format": version.artifact_format,
            "bytes": version.artifact_bytes,
            "sha256": version.artifact_sha256,
        },
        "metadata": version.metadata,
        "environment": environment,
        "signature": profile.signature if profile else None,
        "reference": profile.reference if profile else None,
        "unanswered": {
            "rows": unanswered.rows,
            "last_at": None if unanswered.last_at is None else moment(unanswered.last_at),
        },
        "url": f"{settings.NANWATCH_BASE_URL}/models/{version.model.name}/versions/{version.version}",
    }


def _version_summary(version: ModelVersion) -> dict[str, Any]:
    profile = _profile(version)
    return {
        "version": version.version,
        "registered_at": moment(version.created_at),
        "audit": {
            "state": profile.audit_state if profile else AuditState.PENDING.value,
            "findings": profile.findings if profile else [],
        },
    }


def _profile(version: ModelVersion) -> VersionProfile | None:
    profile: VersionProfile | None = getattr(version, "profile", None)
    return profile
