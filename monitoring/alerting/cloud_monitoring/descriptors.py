"""The metrics of the table as descriptors of Cloud Monitoring."""

import hashlib

from google.api.label_pb2 import LabelDescriptor
from google.api.metric_pb2 import MetricDescriptor
from google.cloud.monitoring_v3 import MetricServiceClient
from google.cloud.monitoring_v3.types import CreateMetricDescriptorRequest

from monitoring.metrics.table import LABELS, Metric, ValueForm

PREFIX = "custom.googleapis.com/nanwatch/"
VALUE_TYPES = {
    ValueForm.WHOLE: MetricDescriptor.INT64,
    ValueForm.NUMBER: MetricDescriptor.DOUBLE,
    ValueForm.DISTRIBUTION: MetricDescriptor.DISTRIBUTION,
}


def type_of(metric: Metric) -> str:
    """The type that filters and series name."""
    return PREFIX + metric.value.name


def kind_of(metric: Metric) -> int:
    return int(MetricDescriptor.GAUGE if metric.value.is_gauge else MetricDescriptor.CUMULATIVE)


def metric_descriptors() -> list[MetricDescriptor]:
    """All of them; creating one that exists already changes nothing."""
    return [_descriptor(metric) for metric in Metric]


def descriptors_digest() -> str:
    """Changes whenever a descriptor does, so that it is created anew."""
    wire = b"".join(each.SerializeToString(deterministic=True) for each in metric_descriptors())
    return hashlib.sha256(wire).hexdigest()


def create_descriptors(client: MetricServiceClient, project_name: str, timeout: float) -> None:
    """Creates or updates them; raises google.api_core.exceptions.GoogleAPICallError."""
    for descriptor in metric_descriptors():
        request = CreateMetricDescriptorRequest(name=project_name, metric_descriptor=descriptor)
        client.create_metric_descriptor(request, timeout=timeout)


def _descriptor(metric: Metric) -> MetricDescriptor:
    row = metric.value
    labels = [
        LabelDescriptor(key=key, value_type=LabelDescriptor.STRING, description=LABELS[key]) for key in row.labels
    ]
    return MetricDescriptor(
        type=type_of(metric),
        metric_kind=kind_of(metric),
        value_type=VALUE_TYPES[row.form],
        unit=row.unit,
        display_name=f"NaNWatch {row.title}",
        description=row.description,
        labels=labels,
    )
