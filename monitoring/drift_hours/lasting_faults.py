"""A fault goes on from hour to hour: one alarm is evidence for all hours in a row that name the same fault.

A test over time needs hours to be sure, and begins again after its alarm. What was done to the data is named in each
hour by itself, and no alarm is made of that alone; but once an alarm has a named fault behind it, the hours before and
after that show the same fault belong to it.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from monitoring.drift_hours.findings import explain
from monitoring.incidents.episode import QUIET
from monitoring.models import DriftWindow, IncidentState

Json = dict[str, Any]


def going_on(window: DriftWindow, faults: Sequence[Json]) -> list[Json]:
    """The faults of an hour; those that an hour of the last day hit an open incident with are marked as `lasting`."""
    before = _day_before(window).filter(hits__incident__symptom="drift", hits__incident__state=IncidentState.OPEN)
    known = [fault for hour in before.distinct() for fault in _blamed(hour.verdict)]
    return _marked(faults, known)


def begun_before(window: DriftWindow) -> Iterator[DriftWindow]:
    """The hours in a row before one that alarmed which show the same faults, verdicts marked; the latest first."""
    known = _blamed(window.verdict) if window.verdict.get("alarms") else []
    for hour in _day_before(window).order_by("-hour") if known else []:
        faults = hour.verdict.get("faults", [])
        marked = _marked(faults, known)
        if marked == faults or _blamed(hour.verdict):
            return
        hour.verdict = {**hour.verdict, "faults": marked}
        yield hour


def _day_before(window: DriftWindow) -> QuerySet[DriftWindow]:
    earlier = DriftWindow.objects.filter(version_id=window.version_id, hour__lt=window.hour)
    hours = earlier.filter(hour__gte=window.hour - QUIET)
    return hours.select_related("version__model").defer("payload", "before_payload")


def _blamed(verdict: Json) -> list[Json]:
    """The faults that an hour's alarms are explained by, and those that last."""
    parts = explain(verdict.get("alarms", []), verdict.get("faults", []))
    return [fault for part in parts for fault in part.faults]


def _marked(faults: Sequence[Json], known: Sequence[Json]) -> list[Json]:
    return [{**one, "lasting": True} if any(_is_same(one, other) for other in known) else one for one in faults]


def _is_same(one: Json, other: Json) -> bool:
    alike = all(one[name] == other[name] for name in ("kind", "input", "values"))
    return alike and not set(one["features"]).isdisjoint(other["features"])
