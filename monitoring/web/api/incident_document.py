"""An incident and its failing rows in the contract's words."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery

from ingest.models import Project
from monitoring.drift_hours.new_normal import accepted_now
from monitoring.incidents.examples import Example, examples
from monitoring.incidents.related import related
from monitoring.models import CloudAlert, Incident, IncidentHit
from monitoring.web.api.drift_document import new_normal_document
from monitoring.web.api.moments import moment
from nantrace.tensors.strict_json import strict
from nantrace.tensors.tensor import Tensor, Tensors

MOST_ALERTS = 50
REPORTED = ("proof", "origin", "nan_birth", "features", "reproduced_in", "evidence", "remedies")


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
    normal = accepted_now(incident).first()
    return {
        **incident_summary(incident, related(incident)),
        "new_normal": new_normal_document(normal) if normal else None,
        "layers": incident.report.get("layers", []),  # recorded before there were any: none
        "failing_rows": incident.report.get("failing_rows", {}),
        "examples": [_example(one) for one in examples(incident)],
        "alerts": [_alert(one) for one in incident.cloud_alerts.all()[:MOST_ALERTS]],
    }


def _alert(alert: CloudAlert) -> dict[str, Any]:
    """What Google Cloud Monitoring reported."""
    return {
        "id": alert.alert_id,
        "policy": alert.policy,
        "severity": alert.severity,
        "state": alert.state,
        "started_at": moment(alert.started_at) if alert.started_at else None,
        "ended_at": moment(alert.ended_at) if alert.ended_at else None,
        "received_at": moment(alert.received_at),
        "url": alert.url,
    }


def _example(example: Example) -> dict[str, Any]:
    """One failing row; a missing cell is null, a non-finite one its name as a string."""
    return {
        "batch": example.batch,
        "row": example.row,
        "id": example.id,
        "inputs": _row(example.inputs, "inputs"),
        "outputs": None if example.outputs is None else _row(example.outputs, "outputs"),
        "answers": None if example.answers is None else example.answers.outputs,
        "cured_by": (example.answers.cured_by or None) if example.answers else None,
    }


def _row(tensors: Tensors, unnamed: str) -> Any:
    cells = {tensor.name: _cells(tensor) for tensor in tensors}
    return cells[unnamed] if list(cells) == [unnamed] else cells


def _cells(tensor: Tensor) -> Any:
    values = tensor.values.astype(object)
    values[tensor.missing()] = None
    return strict(values[0].tolist() if values.ndim > 1 else values[0])


def incident_summary(incident: Incident, same_fault: Sequence[Incident]) -> dict[str, Any]:
    """The incident without its layers and rows, which may be many; of `documented_incidents`, with those `related`."""
    return {
        "id": incident.short_id,
        "model": incident.model.name,
        "version": incident.last_version.version,
        "symptom": incident.symptom,
        "state": incident.state,
        "severity": incident.severity,
        "cause": incident.cause or None,
        "confidence": incident.confidence,
        "title": incident.title,
        "rows": incident.rows,
        "first_seen": moment(incident.first_seen),
        "last_seen": moment(incident.last_seen),
        "row_indices": getattr(incident, "newest_rows", None) or [],
        **{name: incident.report.get(name) for name in REPORTED},
        "related": [other.short_id for other in same_fault],
        "url": f"{settings.NANWATCH_BASE_URL}/incidents/{incident.short_id}",
    }
