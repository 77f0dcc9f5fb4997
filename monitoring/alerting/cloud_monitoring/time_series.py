"""Readings as time series, in calls of the size that Cloud Monitoring takes.

Cloud Monitoring reads a cumulative point as "so many since start_time". The counters are durable and only
grow, so the start time is kept over a restart and the rate that it computes is the true one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from google.cloud.monitoring_v3 import types
from google.protobuf.timestamp_pb2 import Timestamp

from monitoring.alerting.cloud_monitoring.client import Destination
from monitoring.alerting.cloud_monitoring.descriptors import VALUE_TYPES, kind_of, type_of
from monitoring.alerting.cloud_monitoring.order import Placed
from monitoring.metrics.table import Reading, ValueForm, Waits
from monitoring.models import LATENCY_BOUNDS

MOST = 200  # series a call

T = TypeVar("T")

RawSeries = Any
"""google.monitoring.v3.TimeSeries as protobuf makes it: the wrapper of the client takes ten times as long."""
_Series: Any = types.TimeSeries.pb()


@dataclass(frozen=True)
class SeriesWriter:
    """`installation` sets the series of several services apart; every point ends at `end_time`."""

    destination: Destination
    installation: str
    end_time: datetime

    def time_series(self, readings: Iterable[Placed[Reading]]) -> Iterator[Placed[RawSeries]]:
        """One point a series. What counts only since `end_time` is left to the next write."""
        for placed in readings:
            start = placed.value.started_at
            if start is None or start < self.end_time:
                yield Placed(placed.position, self._series(placed.value))

    @cached_property
    def _end(self) -> Timestamp:
        return _timestamp(self.end_time)

    def _series(self, reading: Reading) -> RawSeries:
        metric = reading.metric
        interval = {"end_time": self._end, "start_time": self._end}
        if reading.started_at is not None:
            interval["start_time"] = _timestamp(reading.started_at)
        return _Series(
            metric={"type": type_of(metric), "labels": reading.labels},
            resource={"type": "generic_task", "labels": self._resource(reading.project)},
            metric_kind=kind_of(metric),
            value_type=VALUE_TYPES[metric.value.form],
            unit=metric.value.unit,
            points=[{"interval": interval, "value": _value(reading)}],
        )

    def _resource(self, project: str) -> dict[str, str]:
        """The tenant is the namespace: two tenants may give their models the same name."""
        return {
            "project_id": self.destination.project,
            "location": "global",
            "namespace": project,
            "job": "nanwatch",
            "task_id": self.installation,
        }


def batches(series: Sequence[T]) -> Iterator[Sequence[T]]:
    """Parts that Cloud Monitoring takes in one call."""
    return (series[start : start + MOST] for start in range(0, len(series), MOST))


def _value(reading: Reading) -> dict[str, Any]:
    if isinstance(reading.value, Waits):
        return {"distribution_value": _distribution(reading.value)}
    if reading.metric.value.form is ValueForm.WHOLE:
        return {"int64_value": int(reading.value)}
    return {"double_value": reading.value}


def _distribution(waits: Waits) -> dict[str, Any]:
    """https://cloud.google.com/monitoring/api/ref_v3/rest/v3/TypedValue#distribution"""
    count = sum(waits.counts)
    return {
        "count": count,
        "mean": waits.seconds / count if count else 0.0,
        "bucket_options": {"explicit_buckets": {"bounds": LATENCY_BOUNDS}},
        "bucket_counts": waits.counts,
    }


def _timestamp(moment: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp
