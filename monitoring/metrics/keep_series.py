"""Keeps the series within their budget and true: decided once a write, before anything is read.

A series of Cloud Monitoring is a counter since one start time. It may go on under that start time only as long as it
cannot have fallen; whatever else happens, it begins anew: with a later start time, and at 0, which is `base`.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from ingest.models import Project, RefusedRequests
from ingest.sqlite import one_at_a_time
from monitoring.metrics.series_budget import ActiveVersion, places
from monitoring.metrics.version_series import IDLE
from monitoring.models import PredictionCounter, ReplayLatency, SeriesPlace

AT_ONCE = 10_000  # versions in a statement: databases take so many parameters


def keep_series(now: datetime) -> None:
    """Versions that were idle for a day give their series back; the others are placed where the budget has room."""
    with one_at_a_time(), transaction.atomic():
        _retire(now)
        _place(now)


def begin_anew(now: datetime) -> None:
    """Every series starts at `now`, from 0."""
    PredictionCounter.objects.update(base=F("value"), started_at=now)
    ReplayLatency.objects.update(base=F("batches"), base_seconds=F("seconds"))
    RefusedRequests.objects.update(base=F("requests"))


def _retire(now: datetime) -> None:
    """What they count from now on begins a series at 0. The lock keeps a worker from counting in between."""
    idle = PredictionCounter.objects.filter(symptom="", place=SeriesPlace.OWN, changed_at__lte=now - IDLE)
    if idle.select_for_update().values_list("pk", flat=True):
        counters = PredictionCounter.objects.filter(version_id__in=idle.values("version_id"))
        counters.update(base=F("value"), started_at=now)
        idle.update(place=SeriesPlace.UNDECIDED)


def _place(now: datetime) -> None:
    active = PredictionCounter.objects.filter(symptom="", changed_at__gt=now - IDLE).order_by("version")
    rows = active.values_list("version_id", "version__model_id", "version__model__project_id", "place")
    versions = [ActiveVersion(*row[:3], SeriesPlace(row[3])) for row in rows]
    owners = {one.version_id for one in versions if one.place is SeriesPlace.OWN}
    moved: dict[tuple[SeriesPlace, bool], list[int]] = {}
    for version_id, place in places(versions, Project.objects.count(), settings.NANWATCH_MONITORING_MAX_SERIES):
        moved.setdefault((place, version_id in owners), []).append(version_id)
    for (place, was_own), version_ids in moved.items():
        for start in range(0, len(version_ids), AT_ONCE):
            _move(version_ids[start : start + AT_ONCE], place, was_own=was_own)


def _move(version_ids: Sequence[int], place: SeriesPlace, *, was_own: bool) -> None:
    """What was written under a version's own label is not written once more under another."""
    counters = PredictionCounter.objects.filter(version_id__in=version_ids)
    if was_own:
        counters.update(base=F("value"))
    counters.filter(symptom="").update(place=place)
