"""The series of versions: which label each version's counts stand under, and their readings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import F, Max, Min, Q

from ingest.models import Project
from monitoring.metrics.table import OTHER, Metric, Reading
from monitoring.models import HOUR, DriftWindow, HourlyCount, PredictionCounter, SeriesPlace, hour_of
from nantrace.vocabulary import NO_CAUSE

BY_SYMPTOM = {
    "nonfinite_output": (Metric.NONFINITE_PREDICTIONS, {"symptom": "nonfinite_output"}),
    "absorbed": (Metric.NONFINITE_PREDICTIONS, {"symptom": "absorbed"}),
    "replay_failed": (Metric.FAILED_PREDICTIONS, {}),
    "near_overflow": (Metric.NEAR_OVERFLOW_PREDICTIONS, {}),
}
"""Written as 0 from a version's registration on: a rate needs a point before the first incident."""
SHARED = (SeriesPlace.OTHER_VERSION, SeriesPlace.OTHER_MODEL)
IDLE = timedelta(hours=24)
GAUGED = 3 * HOUR
"""How far gauges of hours look back: an hour is judged when it is over, and late rows have ten minutes."""


class _Total(NamedTuple):
    """A row of the query: all predictions of a version, and what it is called."""

    version_id: int
    version: str
    model_id: int
    model: str
    model_created_at: datetime
    project: str
    project_created_at: datetime
    place: str
    started_at: datetime
    changed_at: datetime
    grown: int


@dataclass
class _Series:
    """What stands under one pair of labels; `version_id` is that of its oldest version."""

    project: str
    labels: dict[str, str]
    started_at: datetime
    version_id: int
    is_active: bool = False
    predictions: int = 0
    by_symptom: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BY_SYMPTOM, 0))
    drift: dict[str, float] = field(default_factory=dict)
    headroom: list[float] = field(default_factory=list)

    def readings(self) -> Iterator[Reading]:
        """A symptom counts since its version does: its first point then starts where the version's zeros did, and is
        never older than one of them.
        """
        yield self._reading(Metric.PREDICTIONS, self.predictions)
        for symptom, (metric, more) in BY_SYMPTOM.items():
            yield self._reading(metric, self.by_symptom[symptom], **more)
        for cause in _shown_causes(self.drift):
            yield self._reading(Metric.DRIFT_SCORE_MAX, self.drift[cause], cause=cause)
        if self.headroom:
            yield self._reading(Metric.LAYER_HEADROOM_MIN, min(self.headroom))

    def _reading(self, metric: Metric, value: float, **more: str) -> Reading:
        start = None if metric.value.is_gauge else self.started_at
        return Reading(metric, self.project, value, {**self.labels, **more}, start, self.version_id)


def read_versions(projects: Sequence[Project], now: datetime, since: datetime | None) -> Iterator[Reading]:
    """Of versions that counted within 24 hours; `other` adds up all that ever joined it, so that it never falls."""
    by_symptom, drift, headroom = _by_symptom(projects), _drift(now), _headroom(now)
    found: dict[tuple[Any, ...], _Series] = {}
    for total in _totals(projects, now - IDLE):
        series = found.setdefault(*_series_of(total, since))
        series.is_active |= total.changed_at > now - IDLE
        series.predictions += total.grown
        for symptom, grown in by_symptom.get(total.version_id, {}).items():
            series.by_symptom[symptom] += grown
        for cause, score in drift.get(total.version_id, {}).items():
            series.drift[cause] = max(score, series.drift.get(cause, score))
        series.headroom += headroom.get(total.version_id, ())
    for series in found.values():
        if series.is_active:
            yield from series.readings()


def count_others(project: Project) -> int:
    """Versions of a project that are beyond the budget of series."""
    return PredictionCounter.objects.filter(version__model__project=project, symptom="", place__in=SHARED).count()


def _series_of(total: _Total, since: datetime | None) -> tuple[tuple[Any, ...], _Series]:
    """Its key among all series, and the series without anything counted."""
    model, version, start = total.model, total.version, total.started_at
    key: tuple[Any, ...] = (total.version_id,)
    if total.place == SeriesPlace.OTHER_VERSION:
        version, start, key = OTHER, total.model_created_at, (total.project, total.model_id)
    elif total.place == SeriesPlace.OTHER_MODEL:
        model = version = OTHER
        start, key = total.project_created_at, (total.project, OTHER)
    labels = {"model": model, "version": version}
    return key, _Series(total.project, labels, max(start, since or start), total.version_id)


def _totals(projects: Sequence[Project], idle_since: datetime) -> Iterator[_Total]:
    rows = (
        PredictionCounter.objects.filter(symptom="", version__model__project__in=projects)
        .filter(Q(changed_at__gt=idle_since) | Q(place__in=SHARED))
        .order_by("version")
        .values_list(
            *("version_id", "version__version", "version__model_id", "version__model__name"),
            *("version__model__created_at", "version__model__project__name", "version__model__project__created_at"),
            *("place", "started_at", "changed_at", F("value") - F("base")),
        )
    )
    return (_Total(*row) for row in rows)


def _by_symptom(projects: Sequence[Project]) -> dict[int, dict[str, int]]:
    grown = PredictionCounter.objects.filter(symptom__in=BY_SYMPTOM, value__gt=F("base"))
    found: dict[int, dict[str, int]] = {}
    of_projects = grown.filter(version__model__project__in=projects)
    for version_id, symptom, value in of_projects.values_list("version_id", "symptom", F("value") - F("base")):
        found.setdefault(version_id, {})[symptom] = value
    return found


def _drift(now: datetime) -> dict[int, dict[str, float]]:
    """By version and cause. An hour has the cause of an incident that it hit, also where a person has closed that one:
    who was alerted to the incident is not alerted to its drift.
    """
    hours = DriftWindow.objects.filter(hour__gte=hour_of(now) - GAUGED, hour__lte=now, score__isnull=False).order_by()
    found: dict[int, dict[str, float]] = {}
    for _, version_id, score, cause in hours.values_list("pk", "version_id", "score", Max("hits__incident__cause")):
        of_version, key = found.setdefault(version_id, {}), cause or NO_CAUSE
        of_version[key] = max(score, of_version.get(key, score))
    return found


def _shown_causes(drift: Mapping[str, float]) -> list[str]:
    """None, and of the causes the one of the most evidence: two series at most."""
    named = sorted(drift.keys() - {NO_CAUSE}, key=lambda cause: (-drift[cause], cause))[:1]
    return [*([NO_CAUSE] if NO_CAUSE in drift else []), *named]


def _headroom(now: datetime) -> dict[int, list[float]]:
    hours = HourlyCount.objects.filter(hour__gte=hour_of(now) - GAUGED, hour__lte=now, least_headroom__isnull=False)
    least = hours.order_by().values_list("version_id").annotate(Min("least_headroom"))
    return {version: [decades] for version, decades in least}
