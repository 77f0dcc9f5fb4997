"""The metric types that this service owns in Cloud Monitoring."""

import hashlib

from google.api.label_pb2 import LabelDescriptor
from google.api.metric_pb2 import MetricDescriptor
from google.cloud.monitoring_v3 import MetricServiceClient
from google.cloud.monitoring_v3.types import CreateMetricDescriptorRequest

PREDICTIONS = "custom.googleapis.com/nanwatch/predictions"
NONFINITE_PREDICTIONS = "custom.googleapis.com/nanwatch/nonfinite_predictions"

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
