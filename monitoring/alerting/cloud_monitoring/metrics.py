"""The metrics of this service in Cloud Monitoring, without a database: their types, and the counters as time series.

Cloud Monitoring reads a cumulative point as "so many since start_time". The counters are durable and only
grow, so the start time is kept over a restart and the rate that it computes is the true one.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from google.api.label_pb2 import LabelDescriptor
from google.api.metric_pb2 import Metric, MetricDescriptor
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

PREDICTIONS = "custom.googleapis.com/nanwatch/predictions"
NONFINITE_PREDICTIONS = "custom.googleapis.com/nanwatch/nonfinite_predictions"
ALWAYS_WRITTEN = ("nonfinite_output", "absorbed")
"""Written as 0 from a version's first prediction on: a rate needs a point before the first incident."""

_LABELS = {
    "model": "Name of the registered model.",
    "version": "Version of the registered model.",
    "symptom": "What was seen: nonfinite_output, absorbed, ...",
}


def metric_descriptors() -> list[MetricDescriptor]:
    """Both descriptors; creating one that exists already changes nothing."""
    return [
        _descriptor(
            PREDICTIONS,
            "NaNWatch predictions",
            "Predictions that NaNWatch has replayed.",
            ("model", "version"),
        ),
        _descriptor(
            NONFINITE_PREDICTIONS,
            "NaNWatch non-finite predictions",
            "Replayed predictions that are non-finite, or finite and wrong because of a non-finite value.",
            ("model", "version", "symptom"),
        ),
    ]


def descriptors_digest() -> str:
    """Changes whenever a descriptor does, so that it is created anew."""
    wire = b"".join(each.SerializeToString(deterministic=True) for each in metric_descriptors())
    return hashlib.sha256(wire).hexdigest()


def create_descriptors(client: MetricServiceClient, project_name: str, timeout: float) -> None:
    """Creates or updates them; raises google.api_core.exceptions.GoogleAPICallError."""
    for descriptor in metric_descriptors():
        request = CreateMetricDescriptorRequest(name=project_name, metric_descriptor=descriptor)
        client.create_metric_descriptor(request, timeout=timeout)


def _descriptor(kind: str, title: str, description: str, labels: tuple[str, ...]) -> MetricDescriptor:
    return MetricDescriptor(
        type=kind,
        metric_kind=MetricDescriptor.CUMULATIVE,
        value_type=MetricDescriptor.INT64,
        unit="1",
        display_name=title,
        description=description,
        labels=[
            LabelDescriptor(key=key, value_type=LabelDescriptor.STRING, description=_LABELS[key]) for key in labels
        ],
    )


@dataclass(frozen=True)
class Count:
    """All predictions of a version since `started_at`, and how many of them by symptom."""

    project: str
    model: str
    version: str
    started_at: datetime
    predictions: int
    by_symptom: dict[str, int]


def time_series(counts: Iterable[Count], end_time: datetime, destination: Destination) -> list[TimeSeries]:
    """One point a series. A version counted only since `end_time` is left to the next write."""
    return [
        TimeSeries(
            metric=metric,
            resource=_resource(count.project, destination),
            metric_kind=MetricDescriptor.CUMULATIVE,
            value_type=MetricDescriptor.INT64,
            unit="1",
            points=[
                Point(
                    interval=TimeInterval(start_time=count.started_at, end_time=end_time),
                    value=TypedValue(int64_value=value),
                )
            ],
        )
        for count in counts
        if count.started_at < end_time
        for metric, value in _values(count)
    ]


def batches(series: Sequence[TimeSeries], size: int = 200) -> Iterator[Sequence[TimeSeries]]:
    """Parts that Cloud Monitoring takes in one call: at most 200 series."""
    return (series[start : start + size] for start in range(0, len(series), size))


def _values(count: Count) -> Iterator[tuple[Metric, int]]:
    labels = {"model": count.model, "version": count.version}
    yield Metric(type=PREDICTIONS, labels=labels), count.predictions
    for symptom, value in (dict.fromkeys(ALWAYS_WRITTEN, 0) | count.by_symptom).items():
        yield Metric(type=NONFINITE_PREDICTIONS, labels=labels | {"symptom": symptom}), value


def _resource(project: str, destination: Destination) -> MonitoredResource:
    """The tenant is the namespace: two tenants may give their models the same name."""
    return MonitoredResource(
        type="generic_task",
        labels={
            "project_id": destination.project,
            "location": "global",
            "namespace": project,
            "job": "nanwatch",
            "task_id": destination.instance,
        },
    )
