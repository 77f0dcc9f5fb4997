"""What the stand-in holds: all of it in memory, each part with a bound."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from queue import Queue
from threading import RLock
from typing import Any

import grpc
from google.api.metric_pb2 import MetricDescriptor
from google.cloud.monitoring_dashboard_v1 import Dashboard
from google.cloud.monitoring_v3.types import AlertPolicy, CreateTimeSeriesRequest, NotificationChannel, Snooze

from monitoring.google_stand_in.bucket_counts import BucketCounts

MOST_SERIES = 20_000
MOST_POINTS = 500  # of a series: more than two hours at one in 15 s
MOST_REMEMBERED = 500  # calls, alerts, notifications and refusals: the newest

SeriesKey = tuple[str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]
"""Type of the metric, its labels, labels of the resource."""
Group = tuple[tuple[str, str], ...]
"""Labels that a condition is grouped by, such as ("metric.label.model", "churn")."""


@dataclass
class StoredPoint:
    """`value` of a distribution is how many values it has, which lie in `histogram`."""

    start: datetime
    end: datetime
    value: float
    histogram: BucketCounts | None = None

    @property
    def measured(self) -> float | BucketCounts:
        return self.value if self.histogram is None else self.histogram


@dataclass(frozen=True)
class Trouble:
    """A call that fails with `code`; `after_storing` is an answer that got lost on the way back.

    `partly`: only the first half of the time series is stored.
    """

    code: grpc.StatusCode
    message: str = "the service is currently unavailable"
    after_storing: bool = False
    partly: bool = False


@dataclass
class OpenedAlert:
    """One alert of a condition for one group of series; Google calls it an incident."""

    id: str
    policy: str
    condition: str
    group: Group
    opened_at: datetime
    seen_at: datetime
    notified_at: datetime
    value: float | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True)
class BrokenRule:
    """A call that was refused, for people who look at the page."""

    at: datetime
    method: str
    code: str
    message: str


@dataclass(frozen=True)
class Notification:
    """A `document` on its way to a channel."""

    alert: str
    state: str
    channel: NotificationChannel
    document: dict[str, Any]


@dataclass(frozen=True)
class SentNotification:
    """What became of one notification; `outcome` is a status of HTTP or why there is none."""

    at: datetime
    alert: str
    state: str
    channel: str
    outcome: str


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class CloudStandIn:
    """What arrived. `trouble` holds, for the writes to come, what goes wrong with each (None: nothing), `faults` the
    same of every other method.

    The next `unknown_for` policies that are made or changed meet a metric that is not known yet, as do all that name a
    metric described less than `young_for` ago. `derives`: a metric without a descriptor gets one from its first point.
    `is_terse`: points are refused with codes and no messages, under INTERNAL, as users have seen. `lock` is held by
    every call and every evaluation.
    """

    endpoint: str = ""
    page: str = ""
    clock: Callable[[], datetime] = utc_now
    young_for: timedelta = timedelta(0)
    unknown_for: int = 0
    derives: bool = True
    is_terse: bool = False
    writes: int = 0
    descriptor_calls: int = 0
    descriptor_trouble: Trouble | None = None
    trouble: list[Trouble | None] = field(default_factory=list)
    faults: dict[str, list[Trouble | None]] = field(default_factory=dict)
    descriptors: dict[str, MetricDescriptor] = field(default_factory=dict)
    described_at: dict[str, datetime] = field(default_factory=dict)
    series: dict[SeriesKey, deque[StoredPoint]] = field(default_factory=dict)
    policies: dict[str, AlertPolicy] = field(default_factory=dict)
    channels: dict[str, NotificationChannel] = field(default_factory=dict)
    dashboards: dict[str, Dashboard] = field(default_factory=dict)
    snoozes: dict[str, Snooze] = field(default_factory=dict)
    always_notified: NotificationChannel | None = None
    violated_since: dict[tuple[str, Group], datetime] = field(default_factory=dict)
    open_alerts: dict[tuple[str, Group], OpenedAlert] = field(default_factory=dict)
    calls: deque[CreateTimeSeriesRequest] = field(default_factory=lambda: deque(maxlen=MOST_REMEMBERED))
    metadata: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=MOST_REMEMBERED))
    alerts: deque[OpenedAlert] = field(default_factory=lambda: deque(maxlen=MOST_REMEMBERED))
    broken_rules: deque[BrokenRule] = field(default_factory=lambda: deque(maxlen=MOST_REMEMBERED))
    sent: deque[SentNotification] = field(default_factory=lambda: deque(maxlen=MOST_REMEMBERED))
    outbox: "Queue[Notification | None]" = field(default_factory=lambda: Queue(MOST_REMEMBERED))
    lock: RLock = field(default_factory=RLock)

    def points(self, kind: str, **labels: str) -> deque[StoredPoint]:
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
