"""An incident in the contract's words."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery

from ingest.models import Project
from monitoring.incidents.examples import examples
from monitoring.models import Incident, IncidentHit
from monitoring.web.api.example_document import example_document

REPORTED = ("origin", "nan_birth", "features", "reproduced_in", "evidence", "remedies")


def documented_incidents(project: Project) -> QuerySet[Incident]:
    """The incidents of a project with what their documents need: `newest_rows` of the newest batch."""
    newest = IncidentHit.objects.filter(incident=OuterRef("pk")).order_by("-observed_at", "-id")
    return (
        Incident.objects.filter(project=project)
        .select_related("model", "last_version")
        .annotate(newest_rows=Subquery(newest.values("row_indices")[:1]))
    )


def incident_document(incident: Incident) -> dict[str, Any]:
    """The incident with the layers that its rows went through, each row's verdict and up to 20 of the rows."""
    return {
        **incident_summary(incident),
        "layers": incident.report.get("layers", []),  # recorded before there were any: none
        "failing_rows": incident.report.get("failing_rows", {}),
        "examples": [example_document(one) for one in examples(incident)],
    }


def incident_summary(incident: Incident) -> dict[str, Any]:
    """The incident without its layers and rows, which may be many; of `documented_incidents`."""
    return {
        "id": incident.short_id,
        "model": incident.model.name,
        "version": incident.last_version.version,
        "symptom": incident.symptom,
        "state": incident.state,
        "cause": incident.cause or None,
        "confidence": incident.confidence,
        "title": incident.title,
        "rows": incident.rows,
        "first_seen": moment(incident.first_seen),
        "last_seen": moment(incident.last_seen),
        "row_indices": getattr(incident, "newest_rows", None) or [],
        **{name: incident.report.get(name) for name in REPORTED},
        "url": f"{settings.NANWATCH_BASE_URL}/incidents/{incident.short_id}",
    }


def moment(at: datetime) -> str:
    """RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
