"""What the database says at one moment, as readings of the metrics."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q

from ingest.models import Batch, BatchState, Project
from monitoring.alerting.cloud_monitoring.metrics import Metric, Reading
from monitoring.models import Incident, IncidentEvent, IncidentState, PredictionCounter
from nantrace.severity import SEVERITIES
from nantrace.vocabulary import NO_CAUSE

BY_SYMPTOM = {
    "nonfinite_output": (Metric.NONFINITE_PREDICTIONS, {"symptom": "nonfinite_output"}),
    "absorbed": (Metric.NONFINITE_PREDICTIONS, {"symptom": "absorbed"}),
    "replay_failed": (Metric.FAILED_PREDICTIONS, {}),
    "near_overflow": (Metric.NEAR_OVERFLOW_PREDICTIONS, {}),
}
"""Written as 0 from a version's registration on: a rate needs a point before the first incident."""
CLOSED_FOR = timedelta(minutes=10)
"""So long 0 is written for an incident that was closed: an alert has to see it to end."""


def read_metrics(now: datetime) -> Iterator[Reading]:
    """All readings at `now`, in an order that stays: tenants, then versions from the oldest, then incidents."""
    yield from _of_projects(now)
    yield from _of_versions()
    yield from _of_incidents(now)


def _of_projects(now: datetime) -> Iterator[Reading]:
    oldest = dict(
        Batch.objects.filter(state=BatchState.PENDING)
        .order_by()
        .values_list("project__name")
        .annotate(Min("received_at"))
    )
    for project in Project.objects.order_by("pk").values_list("name", flat=True):
        yield Reading(Metric.UP, project, 1)
        since = oldest.get(project, now)
        yield Reading(Metric.REPLAY_LAG, project, max((now - since).total_seconds(), 0.0))


def _of_versions() -> Iterator[Reading]:
    """A symptom counts since its version does: its first point then starts where the version's zeros did, and is
    never older than one of them.
    """
    counters = PredictionCounter.objects.select_related("version__model__project").order_by("version", "symptom")
    known: dict[int, dict[str, PredictionCounter]] = {}
    for counter in counters:
        known.setdefault(counter.version_id, {})[counter.symptom] = counter
    for by_symptom in known.values():
        if "" in by_symptom:
            yield from _of_version(by_symptom[""], {name: one.value for name, one in by_symptom.items()})


def _of_version(total: PredictionCounter, values: Mapping[str, int]) -> Iterator[Reading]:
    model = total.version.model
    labels = {"model": model.name, "version": total.version.version}
    yield Reading(Metric.PREDICTIONS, model.project.name, total.value, labels, total.started_at)
    for symptom, (metric, more) in BY_SYMPTOM.items():
        yield Reading(metric, model.project.name, values.get(symptom, 0), {**labels, **more}, total.started_at)


def _of_incidents(now: datetime) -> Iterator[Reading]:
    """Each severity of a cause, so that one that has become critical is no warning any more."""
    closed = IncidentEvent.objects.filter(incident=OuterRef("pk"), kind__in=IncidentEvent.CLOSING)
    is_open = Q(state=IncidentState.OPEN)
    rows = (
        Incident.objects.filter(is_open | Exists(closed.filter(at__gt=now - CLOSED_FOR)))
        .order_by("project__name", "model__name", "cause")
        .values_list("project__name", "model__name", "cause", "severity")
        .annotate(open=Count("pk", filter=is_open))
    )
    counts: dict[tuple[str, str, str], dict[str, int]] = {}
    for project, model, cause, severity, count in rows:
        counts.setdefault((project, model, cause), dict.fromkeys(SEVERITIES, 0))[severity] += count
    for (project, model, cause), by_severity in counts.items():
        for severity, count in by_severity.items():
            labels = {"model": model, "cause": cause or NO_CAUSE, "severity": severity}
            yield Reading(Metric.OPEN_INCIDENTS, project, count, labels)
