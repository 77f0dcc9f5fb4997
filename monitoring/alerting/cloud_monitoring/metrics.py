"""The metrics of this service in Cloud Monitoring: a table of their types, their descriptors, readings as time series.

Cloud Monitoring reads a cumulative point as "so many since start_time". The counters are durable and only
grow, so the start time is kept over a restart and the rate that it computes is the true one.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from google.api.label_pb2 import LabelDescriptor
from google.api.metric_pb2 import Metric as LabelledMetric
from google.api.metric_pb2 import MetricDescriptor
from google.api.monitored_resource_pb2 import MonitoredResource
from google.cloud.monitoring_v3 import MetricServiceClient
from google.cloud.monitoring_v3.types import (
    CreateMetricDescriptorRequest,
    Point,
    TimeInterval,
    TimeSeries,
    TypedValue,
)

from monitoring.alerting.cloud_monitoring.client import Destination

PREFIX = "custom.googleapis.com/nanwatch/"
VERSION = ("model", "version")
LABELS = {
    "model": "Name of the registered model.",
    "version": "Version of the registered model.",
    "symptom": "What was seen: nonfinite_output or absorbed.",
    "cause": "Why the rows fail, none where no cause is claimed.",
    "severity": "critical, warning or info.",
}


@dataclass(frozen=True)
class MetricType:
    """A row of the table: cumulative unless it is a gauge, an integer unless its unit is seconds."""

    name: str
    title: str
    description: str
    labels: tuple[str, ...] = ()
    is_gauge: bool = False
    unit: str = "1"

    @property
    def type(self) -> str:
        return PREFIX + self.name

    @property
    def kind(self) -> int:
        return int(MetricDescriptor.GAUGE if self.is_gauge else MetricDescriptor.CUMULATIVE)

    @property
    def value_type(self) -> int:
        return int(MetricDescriptor.DOUBLE if self.unit == "s" else MetricDescriptor.INT64)

    def descriptor(self) -> MetricDescriptor:
        labels = [
            LabelDescriptor(key=key, value_type=LabelDescriptor.STRING, description=LABELS[key]) for key in self.labels
        ]
        return MetricDescriptor(
            type=self.type,
            metric_kind=self.kind,
            value_type=self.value_type,
            unit=self.unit,
            display_name=f"NaNWatch {self.title}",
            description=self.description,
            labels=labels,
        )


class Metric(Enum):
    """All that is written."""

    PREDICTIONS = MetricType("predictions", "predictions", "Predictions that NaNWatch has replayed.", VERSION)
    NONFINITE_PREDICTIONS = MetricType(
        "nonfinite_predictions",
        "non-finite predictions",
        "Replayed predictions that are non-finite, or finite and wrong because of a non-finite value.",
        (*VERSION, "symptom"),
    )
    FAILED_PREDICTIONS = MetricType(
        "failed_predictions", "failed predictions", "Replayed rows that the model refuses.", VERSION
    )
    NEAR_OVERFLOW_PREDICTIONS = MetricType(
        "near_overflow_predictions",
        "predictions near overflow",
        "Replayed predictions that took a layer within a factor of ten of the largest number it holds.",
        VERSION,
    )
    OPEN_INCIDENTS = MetricType(
        "open_incidents",
        "open incidents",
        "Incidents that nobody has resolved or ignored.",
        ("model", "cause", "severity"),
        is_gauge=True,
    )
    REPLAY_LAG = MetricType(
        "replay_lag",
        "replay lag",
        "How long the oldest batch has waited for its replay.",
        is_gauge=True,
        unit="s",
    )
    UP = MetricType("up", "up", "1 while NaNWatch writes its metrics.", is_gauge=True)


def metric_descriptors() -> list[MetricDescriptor]:
    """All of them; creating one that exists already changes nothing."""
    return [metric.value.descriptor() for metric in Metric]


def descriptors_digest() -> str:
    """Changes whenever a descriptor does, so that it is created anew."""
    wire = b"".join(each.SerializeToString(deterministic=True) for each in metric_descriptors())
    return hashlib.sha256(wire).hexdigest()


def create_descriptors(client: MetricServiceClient, project_name: str, timeout: float) -> None:
    """Creates or updates them; raises google.api_core.exceptions.GoogleAPICallError."""
    for descriptor in metric_descriptors():
        request = CreateMetricDescriptorRequest(name=project_name, metric_descriptor=descriptor)
        client.create_metric_descriptor(request, timeout=timeout)


@dataclass(frozen=True)
class Reading:
    """A value of a metric; the NaNWatch `project` is its tenant. `started_at`: of a cumulative one."""

    metric: Metric
    project: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)
    started_at: datetime | None = None


def time_series(
    readings: Iterable[Reading], end_time: datetime, destination: Destination, installation: str
) -> list[TimeSeries]:
    """One point a series; `installation` sets those of several services apart.

    A version counted only since `end_time` is left to the next write.
    """
    return [
        _series(reading, end_time, _resource(reading.project, destination, installation))
        for reading in readings
        if reading.started_at is None or reading.started_at < end_time
    ]


def batches(series: Sequence[TimeSeries], size: int = 200) -> Iterator[Sequence[TimeSeries]]:
    """Parts that Cloud Monitoring takes in one call: at most 200 series."""
    return (series[start : start + size] for start in range(0, len(series), size))


def _series(reading: Reading, end_time: datetime, resource: MonitoredResource) -> TimeSeries:
    written = reading.metric.value
    is_whole = written.unit == "1"
    value = TypedValue(int64_value=int(reading.value)) if is_whole else TypedValue(double_value=reading.value)
    interval = TimeInterval(start_time=reading.started_at or end_time, end_time=end_time)
    return TimeSeries(
        metric=LabelledMetric(type=written.type, labels=reading.labels),
        resource=resource,
        metric_kind=written.kind,
        value_type=written.value_type,
        unit=written.unit,
        points=[Point(interval=interval, value=value)],
    )


def _resource(project: str, destination: Destination, installation: str) -> MonitoredResource:
    """The tenant is the namespace: two tenants may give their models the same name."""
    return MonitoredResource(
        type="generic_task",
        labels={
            "project_id": destination.project,
            "location": "global",
            "namespace": project,
            "job": "nanwatch",
            "task_id": installation,
        },
    )
