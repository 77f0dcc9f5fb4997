"""A stand-in whose clock the test turns, the real clients of Google, and a webhook that really listens."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from threading import Thread
from typing import Any

import pytest
from google.api.metric_pb2 import Metric as LabelledMetric
from google.api.metric_pb2 import MetricDescriptor
from google.api.monitored_resource_pb2 import MonitoredResource
from google.cloud.monitoring_v3 import (
    AlertPolicyServiceClient,
    MetricServiceClient,
    NotificationChannelServiceClient,
)
from google.cloud.monitoring_v3.types import (
    AlertPolicy,
    CreateMetricDescriptorRequest,
    CreateTimeSeriesRequest,
    NotificationChannel,
    Point,
    TimeInterval,
    TimeSeries,
)

from monitoring.alerting.cloud_monitoring.client import Destination, cloud_client
from monitoring.google_stand_in.alerts import evaluate
from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.google_stand_in.server import cloud_stand_in

PROJECT = "projects/some-project"
PREFIX = "custom.googleapis.com/nanwatch/"
START = datetime(2026, 1, 2, 3, 0, tzinfo=UTC)
PATIENCE = 10.0  # seconds until a notification that does not come is missing


@dataclass
class Google:
    """The stand-in, its clients, and the present, which is the test's to move."""

    cloud: CloudStandIn
    metrics: MetricServiceClient
    policies: AlertPolicyServiceClient
    channels: NotificationChannelServiceClient
    now: datetime = field(default=START)

    def describe(self, kind: str, metric_kind: int, value_type: int, *labels: str) -> None:
        described = {"type": PREFIX + kind, "metric_kind": metric_kind, "value_type": value_type}
        descriptor = MetricDescriptor(**described, labels=[{"key": label} for label in labels])
        self.metrics.create_metric_descriptor(CreateMetricDescriptorRequest(name=PROJECT, metric_descriptor=descriptor))

    def write(self, *series: TimeSeries) -> None:
        self.metrics.create_time_series(CreateTimeSeriesRequest(name=PROJECT, time_series=series))

    def after(self, **passed: float) -> None:
        """Time goes by, and the stand-in looks at its policies."""
        self.now += timedelta(**passed)
        evaluate(self.cloud)

    def gauge(self, kind: str, value: float, **labels: str) -> TimeSeries:
        return series_of(kind, MetricDescriptor.GAUGE, {"double_value": value}, self.now, self.now, **labels)

    def counter(self, kind: str, value: int, **labels: str) -> TimeSeries:
        start = START - timedelta(minutes=1)
        return series_of(kind, MetricDescriptor.CUMULATIVE, {"int64_value": value}, start, self.now, **labels)

    def policy(self, *conditions: dict[str, Any], **more: Any) -> AlertPolicy:
        named = [{"display_name": "a condition", **one} for one in conditions]
        wanted = {"display_name": "a policy", "combiner": "OR", "conditions": named, **more}
        return self.policies.create_alert_policy(name=PROJECT, alert_policy=AlertPolicy(wanted))

    def channel(self, kind: str = "email", **labels: str) -> str:
        wanted = NotificationChannel(type_=kind, labels=labels or {"email_address": "oncall@example.com"})
        return self.channels.create_notification_channel(name=PROJECT, notification_channel=wanted).name


def series_of(
    kind: str, metric_kind: int, value: dict[str, Any], start: datetime, end: datetime, **labels: str
) -> TimeSeries:
    resource = {"project_id": "some-project", "location": "global", "namespace": "shop", "job": "nanwatch"}
    types = {"double_value": "DOUBLE", "int64_value": "INT64", "distribution_value": "DISTRIBUTION"}
    return TimeSeries(
        metric=LabelledMetric(type=PREFIX + kind, labels=labels),
        resource=MonitoredResource(type="generic_task", labels={**resource, "task_id": "one"}),
        metric_kind=metric_kind,
        value_type=types[next(iter(value))],
        points=[Point(interval=TimeInterval(start_time=start, end_time=end), value=value)],
    )


def filter_of(kind: str, *more: str) -> str:
    return " AND ".join([f'metric.type="{PREFIX}{kind}"', 'resource.type="generic_task"', *more])


def above(kind: str, aligner: str, limit: float = 0, by: tuple[str, ...] = ("metric.label.model",), **more: Any) -> Any:
    aggregation = {
        "alignment_period": timedelta(minutes=more.pop("minutes", 1)),
        "per_series_aligner": aligner,
        "cross_series_reducer": more.pop("reducer", "REDUCE_SUM"),
        "group_by_fields": list(by),
    }
    ratio = more.pop("over", None)
    if ratio:
        more |= {"denominator_filter": filter_of(ratio), "denominator_aggregations": [aggregation]}
    condition = {"filter": filter_of(kind), "aggregations": [aggregation], "comparison": "COMPARISON_GT"}
    return {"condition_threshold": {**condition, "threshold_value": limit, **more}}


@contextmanager
def google_on_loopback() -> Iterator[Google]:
    with cloud_stand_in() as cloud:
        destination = Destination("some-project", cloud.endpoint)
        with (
            cloud_client(destination, MetricServiceClient) as metrics,
            cloud_client(destination, AlertPolicyServiceClient) as policies,
            cloud_client(destination, NotificationChannelServiceClient) as channels,
        ):
            google = Google(cloud, metrics, policies, channels)
            cloud.clock = lambda: google.now
            yield google


@pytest.fixture
def google() -> Iterator[Google]:
    with google_on_loopback() as google:
        yield google


@dataclass
class Received:
    """One request to the webhook; `login` is `user:password`."""

    login: str
    document: dict[str, Any]

    @property
    def incident(self) -> dict[str, Any]:
        incident: dict[str, Any] = self.document["incident"]
        return incident


@dataclass
class Webhook:
    url: str
    arrived: "Queue[Received]"

    def next(self) -> Received:
        return self.arrived.get(timeout=PATIENCE)


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    arrived: Queue[Received] = Queue()
    with HTTPServer(("127.0.0.1", 0), _handler(arrived.put)) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield Webhook(f"http://127.0.0.1:{server.server_port}/hook", arrived)
        server.shutdown()


def _handler(keep: Callable[[Received], None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            packed = self.headers.get("Authorization", "").removeprefix("Basic ")
            body = self.rfile.read(int(self.headers["Content-Length"]))
            keep(Received(base64.b64decode(packed).decode(), json.loads(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

    return Handler
