"""Hours read back, merged to days where a span is long. Counts add exactly, so that a day is what its hours are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from monitoring.models import DriftWindow
from nantrace.drift.window import Window

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BY_HOUR = timedelta(days=3)  # up to here by the hour, beyond it by the day
MOST_DAYS = timedelta(days=92)


@dataclass(frozen=True)
class HourSpan:
    """An hour or a day of a version: its counts, and the verdicts of its hours.

    `alarms` and `faults` as `judging` stored them, those of several hours one after the other.
    """

    start: datetime
    end: datetime
    rows: int
    window: Window
    alarm: bool
    alarms: list[dict[str, Any]] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)


def hour_spans(version_id: int, since: datetime, until: datetime) -> Iterator[HourSpan]:
    """The windows with rows observed from `since` on and before `until`, in order; empty ones are left out.

    Those at the ends are whole: an hour is the smallest thing that is kept. One payload is in memory at a time.
    """
    size = HOUR if until - since <= BY_HOUR else DAY
    windows = DriftWindow.objects.filter(version_id=version_id, hour__gte=_floor(since, HOUR), hour__lt=until)
    ordered = windows.order_by("hour").iterator(chunk_size=8)
    for start, hours in groupby(ordered, key=lambda window: _floor(window.hour, size)):
        yield _merged(start, start + size, hours)


def _merged(start: datetime, end: datetime, hours: Iterable[DriftWindow]) -> HourSpan:
    total: Window | None = None
    alarms: list[dict[str, Any]] = []
    faults: list[dict[str, Any]] = []
    for hour in hours:
        window = Window.from_bytes(bytes(hour.payload))
        total = window if total is None else total + window
        alarms += hour.verdict.get("alarms", [])
        faults += hour.verdict.get("faults", [])
    if total is None:
        raise ValueError("a span has at least one hour")
    return HourSpan(start, end, total.rows, total, bool(alarms), alarms, faults)


def _floor(moment: datetime, size: timedelta) -> datetime:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + (moment - epoch) // size * size
