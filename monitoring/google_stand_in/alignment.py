"""Points of one series in one period as one value, and values of several series as one.

https://cloud.google.com/monitoring/api/ref_v3/rest/v3/Aggregation
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from statistics import fmean, pstdev

from google.cloud.monitoring_v3.types import Aggregation

from monitoring.google_stand_in.bucket_counts import BucketCounts
from monitoring.google_stand_in.cloud import StoredPoint

Value = float | BucketCounts
Aligner, Reducer = Aggregation.Aligner, Aggregation.Reducer
_SHARES = {"PERCENTILE_99": 0.99, "PERCENTILE_95": 0.95, "PERCENTILE_50": 0.5, "PERCENTILE_05": 0.05}


def align(points: Sequence[StoredPoint], aligner: int, until: datetime, period: timedelta) -> Value | None:
    """The value of the period that ends at `until`; None where there is nothing to make one of."""
    name = Aligner(aligner).name.removeprefix("ALIGN_")
    if name in ("DELTA", "RATE", "PERCENT_CHANGE"):
        change = _change(points, until, period)
        return change / period.total_seconds() if name == "RATE" and isinstance(change, float | int) else change
    values = [point.measured for point in _within(points, until, period)]
    return combine(values, name) if values else None


def combine(values: Sequence[Value], name: str) -> Value | None:
    """Of values in the order of time, by the name of an aligner or a reducer."""
    histograms = [value for value in values if isinstance(value, BucketCounts)]
    if histograms:
        return _of_histograms(histograms, name)
    numbers = [float(value) for value in values if not isinstance(value, BucketCounts)]
    if name in _SHARES:
        return sorted(numbers)[min(int(_SHARES[name] * len(numbers)), len(numbers) - 1)]
    return _OF_NUMBERS[name](numbers)


def _of_histograms(histograms: Sequence[BucketCounts], name: str) -> Value | None:
    whole = histograms[0]
    for other in histograms[1:]:
        whole = whole.plus(other)
    if name in _SHARES:
        return whole.percentile(_SHARES[name])
    return {"COUNT": float(whole.count), "MEAN": whole.mean}.get(name, whole)


def _change(points: Sequence[StoredPoint], until: datetime, period: timedelta) -> Value | None:
    """The rise of a cumulative series since its last point before the period, or since its first in it.

    A series that has just begun has not risen: so a first point of 5 raises no alert.
    """
    within = _within(points, until, period)
    before = next(([point] for point in reversed(points) if point.end <= until - period), [])
    if not within or len(before + within) < 2:
        return None
    rises = [_rise(earlier, later) for earlier, later in pairwise(before + within)]
    return combine(rises, "SUM")


def _within(points: Sequence[StoredPoint], until: datetime, period: timedelta) -> list[StoredPoint]:
    """Those that end in the period, of points in the order of time: only the newest are looked at."""
    recent = list(takewhile(lambda point: point.end > until - period, reversed(points)))
    return [point for point in reversed(recent) if point.end <= until]


def _rise(earlier: StoredPoint, later: StoredPoint) -> Value:
    """A later start means that the counter began again from 0."""
    if later.start != earlier.start:
        return later.measured
    if later.histogram and earlier.histogram:
        return later.histogram.plus(earlier.histogram, -1)
    return later.value - earlier.value


_OF_NUMBERS: dict[str, Callable[[Sequence[float]], float]] = {
    "NONE": lambda numbers: numbers[-1],
    "INTERPOLATE": lambda numbers: numbers[-1],
    "NEXT_OLDER": lambda numbers: numbers[-1],
    "MIN": min,
    "MAX": max,
    "MEAN": fmean,
    "SUM": sum,
    "COUNT": len,
    "STDDEV": pstdev,
    "COUNT_TRUE": sum,
    "COUNT_FALSE": lambda numbers: len(numbers) - sum(numbers),
    "FRACTION_TRUE": fmean,
}
