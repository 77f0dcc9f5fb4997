"""What the stand-in holds, all of it in memory."""

from dataclasses import dataclass, field
from datetime import datetime

import grpc
from google.api.metric_pb2 import MetricDescriptor
from google.cloud.monitoring_v3.types import AlertPolicy, CreateTimeSeriesRequest, NotificationChannel

SeriesKey = tuple[str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]
"""Type of the metric, its labels, labels of the resource."""


@dataclass
class StoredPoint:
    start: datetime
    end: datetime
    value: float


@dataclass(frozen=True)
class Trouble:
    """A call that fails with `code`; `after_storing` is an answer that got lost on the way back."""

    code: grpc.StatusCode
    message: str = "the service is currently unavailable"
    after_storing: bool = False


@dataclass
class CloudStandIn:
    """What arrived. `trouble` holds, for the calls to come, what goes wrong with each (None: nothing).

    The next `unknown_for` policies that are made or changed meet a metric that is not known yet.
    """

    endpoint: str = ""
    descriptors: dict[str, MetricDescriptor] = field(default_factory=dict)
    descriptor_calls: int = 0
    descriptor_trouble: Trouble | None = None
    calls: list[CreateTimeSeriesRequest] = field(default_factory=list)
    series: dict[SeriesKey, list[StoredPoint]] = field(default_factory=dict)
    trouble: list[Trouble | None] = field(default_factory=list)
    metadata: list[tuple[str, str]] = field(default_factory=list)
    policies: dict[str, AlertPolicy] = field(default_factory=dict)
    channels: dict[str, NotificationChannel] = field(default_factory=dict)
    unknown_for: int = 0
    writes: int = 0

    def points(self, kind: str, **labels: str) -> list[StoredPoint]:
        """The points of the one series of a metric type with these labels."""
        (found,) = [
            points
            for (type_, its_labels, _), points in self.series.items()
            if type_.endswith("/" + kind) and labels.items() <= dict(its_labels).items()
        ]
        return found

    def policy(self, key: str) -> AlertPolicy:
        """The one policy that NaNWatch made under this key."""
        (found,) = [one for one in self.policies.values() if one.user_labels["nanwatch_policy"] == key]
        return found
