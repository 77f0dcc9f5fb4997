"""What the database says at one moment, as readings of the metrics."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Exists, F, Min, OuterRef, Q

from ingest.models import Batch, BatchState, Project, RefusalReason, RefusedRequests
from monitoring.metrics.series_budget import INCIDENTS_SHARE
from monitoring.metrics.table import OTHER, Metric, Reading, Waits
from monitoring.metrics.version_series import read_versions
from monitoring.models import LATENCY_BOUNDS, Incident, IncidentEvent, IncidentState, ReplayLatency
from nantrace.severity import SEVERITIES
from nantrace.vocabulary import NO_CAUSE

CLOSED_FOR = timedelta(minutes=10)
"""So long 0 is written for an incident that was closed: an alert has to see it to end."""


def read_metrics(now: datetime, since: datetime | None = None, project: Project | None = None) -> Iterator[Reading]:
    """All readings at `now`, in an order that stays: tenants, then incidents, then versions from the oldest.

    `since`: when all series began anew, if ever; no cumulative one starts earlier. `project`: of this one only.
    """
    projects = list(Project.objects.order_by("pk")) if project is None else [project]
    yield from _of_projects(projects, now, since)
    yield from _of_incidents(projects, now)
    yield from read_versions(projects, now, since)


def _of_projects(projects: Sequence[Project], now: datetime, since: datetime | None) -> Iterator[Reading]:
    pending = Batch.objects.filter(state=BatchState.PENDING, project__in=projects).order_by()
    oldest = dict(pending.values_list("project").annotate(Min("received_at")))
    waits, refused = _waits(projects), _refused(projects)
    for project in projects:
        name, start = project.name, max(project.created_at, since or project.created_at)
        yield Reading(Metric.UP, name, 1)
        waiting = (now - oldest.get(project.pk, now)).total_seconds()
        yield Reading(Metric.REPLAY_LAG, name, max(waiting, 0.0))
        yield Reading(Metric.REPLAY_LATENCY, name, waits[project.pk], started_at=start)
        for reason in RefusalReason:
            labels = {"reason": reason.value}
            yield Reading(Metric.INGEST_REJECTED, name, refused.get((project.pk, reason), 0), labels, start)


def _waits(projects: Sequence[Project]) -> dict[int, Waits]:
    found = {project.pk: Waits([0] * (len(LATENCY_BOUNDS) + 1), 0.0) for project in projects}
    grown = (F("batches") - F("base"), F("seconds") - F("base_seconds"))
    rows = ReplayLatency.objects.filter(project__in=projects)
    for project, bucket, batches, seconds in rows.values_list("project_id", "bucket", *grown):
        counts = [*found[project].counts]
        counts[bucket] = batches
        found[project] = Waits(counts, found[project].seconds + seconds)
    return found


def _refused(projects: Sequence[Project]) -> dict[tuple[int, str], int]:
    rows = RefusedRequests.objects.filter(project__in=projects)
    found = rows.values_list("project_id", "reason", F("requests") - F("base"))
    return {(project, reason): requests for project, reason, requests in found}


def _of_incidents(projects: Sequence[Project], now: datetime) -> Iterator[Reading]:
    """Each severity of a cause, so that one that has become critical is no warning any more. Models beyond their share
    of the budget count as the model `other`.
    """
    closed = IncidentEvent.objects.filter(incident=OuterRef("pk"), kind__in=IncidentEvent.CLOSING)
    is_open = Q(state=IncidentState.OPEN)
    rows = (
        Incident.objects.filter(is_open | Exists(closed.filter(at__gt=now - CLOSED_FOR)), project__in=projects)
        .order_by("project", "model", "cause")
        .values_list("project__name", "model__name", "cause", "severity")
        .annotate(open=Count("pk", filter=is_open))
    )
    most = int(settings.NANWATCH_MONITORING_MAX_SERIES * INCIDENTS_SHARE) // len(SEVERITIES)
    counts: dict[tuple[str, str, str], dict[str, int]] = {}
    for project, model, cause, severity, count in rows:
        key = (project, model, cause)
        if key not in counts and len(counts) >= most:
            key = (project, OTHER, cause)
        counts.setdefault(key, dict.fromkeys(SEVERITIES, 0))[severity] += count
    for (project, model, cause), by_severity in counts.items():
        for severity, count in by_severity.items():
            labels = {"model": model, "cause": cause or NO_CAUSE, "severity": severity}
            yield Reading(Metric.OPEN_INCIDENTS, project, count, labels)
