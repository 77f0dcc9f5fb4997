"""Models and versions as the API writes them."""

from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from ingest.models import Model, ModelVersion, Project
from monitoring.models import AuditState, IncidentState, VersionProfile
from monitoring.traffic.unanswered_requests import unanswered_of
from monitoring.web.api.incident_document import moment


def documented_models(project: Project) -> QuerySet[Model]:
    """The models of a project with `open_incidents`."""
    still_open = Count("incidents", filter=Q(incidents__state=IncidentState.OPEN))
    return project.models.annotate(open_incidents=still_open).prefetch_related("versions__profile")


def model_document(model: Model) -> dict[str, Any]:
    """A model of `documented_models` and its versions, newest first."""
    versions = sorted(model.versions.all(), key=lambda version: version.pk, reverse=True)
    return {
        "name": model.name,
        "registered_at": moment(model.created_at),
        "open_incidents": getattr(model, "open_incidents", 0),
        "versions": [_version_summary(version) for version in versions],
        "url": f"{settings.NANWATCH_BASE_URL}/models/{model.name}",
    }


def version_document(version: ModelVersion) -> dict[str, Any]:
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
