"""A MetricService on loopback that keeps Google's rules and says no in Google's words.

The rules: https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/create
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import grpc
from google.api.metric_pb2 import MetricDescriptor
from google.cloud.monitoring_v3.types import (
    CreateMetricDescriptorRequest,
    CreateTimeSeriesRequest,
    CreateTimeSeriesSummary,
    TimeInterval,
    TimeSeries,
)
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.empty_pb2 import Empty
from google.rpc.status_pb2 import Status
from grpc_status.rpc_status import to_status

from tests.alerting.grpc_server import Method, serving

OLDER_END = "One or more of the points specified had an older end time than the most recent point."
OLDER_START = "One or more of the points specified had an older start time than the most recent point."
TOO_OFTEN = "One or more points were written more frequently than the maximum sampling period."
RESOURCE_LABELS = {"project_id", "location", "namespace", "job", "task_id"}

SeriesKey = tuple[str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]


@dataclass
class StoredPoint:
    start: datetime
    end: datetime
    value: float


@dataclass
class FakeMonitoring:
    """What arrived. `trouble` holds, for the calls to come, what goes wrong with each (None: nothing)."""

    endpoint: str = ""
    descriptors: dict[str, MetricDescriptor] = field(default_factory=dict)
    descriptor_calls: int = 0
    descriptor_trouble: "Trouble | None" = None
    calls: list[CreateTimeSeriesRequest] = field(default_factory=list)
    series: dict[SeriesKey, list[StoredPoint]] = field(default_factory=dict)
    trouble: list["Trouble | None"] = field(default_factory=list)
    metadata: list[tuple[str, str]] = field(default_factory=list)

    def points(self, kind: str, **labels: str) -> list[StoredPoint]:
        """The points of the one series of a metric type with these labels."""
        (found,) = [
            points
            for (type_, its_labels, _), points in self.series.items()
            if type_.endswith("/" + kind) and labels.items() <= dict(its_labels).items()
        ]
        return found


@dataclass(frozen=True)
class Trouble:
    """A call that fails with `code`; `after_storing` is an answer that got lost on the way back."""

    code: grpc.StatusCode
    message: str = "the service is currently unavailable"
    after_storing: bool = False


@contextmanager
def fake_monitoring() -> Iterator[FakeMonitoring]:
    """A running server; its `endpoint` is `host:port`."""
    fake = FakeMonitoring()
    descriptor, empty = MetricDescriptor.SerializeToString, Empty.SerializeToString
    methods = {
        "CreateMetricDescriptor": Method(CreateMetricDescriptorRequest, descriptor, _create_descriptor),
        "CreateTimeSeries": Method(CreateTimeSeriesRequest, empty, _create_time_series),
    }
    with serving(fake, {"MetricService": methods}) as fake.endpoint:
        yield fake


def _create_descriptor(
    fake: FakeMonitoring, request: CreateMetricDescriptorRequest, context: grpc.ServicerContext
) -> MetricDescriptor:
    fake.descriptor_calls += 1
    if fake.descriptor_trouble:
        context.abort(fake.descriptor_trouble.code, fake.descriptor_trouble.message)
    descriptor = request.metric_descriptor
    if not descriptor.type.startswith("custom.googleapis.com/"):
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"{descriptor.type} is no custom metric type")
    fake.descriptors[descriptor.type] = descriptor
    return descriptor


def _create_time_series(fake: FakeMonitoring, request: CreateTimeSeriesRequest, context: grpc.ServicerContext) -> Empty:
    fake.calls.append(request)
    fake.metadata.extend((key, str(value)) for key, value in context.invocation_metadata())
    trouble = fake.trouble.pop(0) if fake.trouble else None
    if trouble and not trouble.after_storing:
        context.abort(trouble.code, trouble.message)
    _refuse_whole_call(request, context)
    refusals = [refusal for series in request.time_series if (refusal := _store(fake, series))]
    if trouble:
        context.abort(trouble.code, trouble.message)
    if refusals:
        _abort_with_summary(context, len(request.time_series), refusals)
    return Empty()


def _refuse_whole_call(request: CreateTimeSeriesRequest, context: grpc.ServicerContext) -> None:
    if len(request.time_series) > 200:
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "at most 200 TimeSeries objects a request")
    if any(len(series.points) != 1 for series in request.time_series):
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "exactly one point a TimeSeries")
    keys = [_key(series) for series in request.time_series]
    if len(set(keys)) < len(keys):
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "a TimeSeries may be written once a request")


def _store(fake: FakeMonitoring, series: TimeSeries) -> str:
    """Keeps the point of a series; returns why not, or ""."""
    interval = series.points[0].interval
    stored = fake.series.get(_key(series), [])
    rules: list[Callable[[], str]] = [
        lambda: _wrong_labels(fake, series),
        lambda: _wrong_interval(interval, is_gauge=series.metric_kind == MetricDescriptor.GAUGE),
        lambda: _wrong_order(stored[-1], interval) if stored else "",
    ]
    if refusal := next((text for rule in rules if (text := rule())), ""):
        return refusal
    value = series.points[0].value
    point = StoredPoint(interval.start_time, interval.end_time, value.int64_value or value.double_value)
    fake.series.setdefault(_key(series), []).append(point)
    return ""


def _wrong_labels(fake: FakeMonitoring, series: TimeSeries) -> str:
    descriptor = fake.descriptors.get(series.metric.type)
    if descriptor is None:  # as Google does: derived from the first point
        return ""
    if {label.key for label in descriptor.labels} != set(series.metric.labels):
        return f"labels {sorted(series.metric.labels)} are not those of {series.metric.type}"
    if (descriptor.metric_kind, descriptor.value_type) != (series.metric_kind, series.value_type):
        return "metric kind or value type is not the descriptor's"
    if series.resource.type != "generic_task" or set(series.resource.labels) != RESOURCE_LABELS:
        return f"resource labels {sorted(series.resource.labels)} are not those of a generic_task"
    return "" if all(series.resource.labels.values()) else "a resource label is empty"


def _wrong_interval(interval: TimeInterval, *, is_gauge: bool) -> str:
    if is_gauge:
        return "" if interval.start_time == interval.end_time else "a gauge is a moment, its start time is its end time"
    return "" if interval.start_time < interval.end_time else "the start time must be before the end time"


def _wrong_order(newest: StoredPoint, interval: TimeInterval) -> str:
    if interval.end_time <= newest.end:
        return OLDER_END
    if interval.start_time != newest.start and interval.start_time <= newest.end:
        return OLDER_START
    return TOO_OFTEN if interval.end_time - newest.end < timedelta(seconds=5) else ""


def _abort_with_summary(context: grpc.ServicerContext, total: int, refusals: list[str]) -> None:
    """What Google answers when some points were written and others not."""
    summary = CreateTimeSeriesSummary(
        total_point_count=total,
        success_point_count=total - len(refusals),
        errors=[
            {"status": Status(code=3, message=text), "point_count": refusals.count(text)}
            for text in dict.fromkeys(refusals)
        ],
    )
    detail = AnyMessage(
        type_url=f"type.googleapis.com/{CreateTimeSeriesSummary.pb().DESCRIPTOR.full_name}",
        value=CreateTimeSeriesSummary.serialize(summary),
    )
    message = f"One or more TimeSeries could not be written: {refusals[0]}"
    context.abort_with_status(to_status(Status(code=3, message=message, details=[detail])))


def _key(series: TimeSeries) -> SeriesKey:
    return (
        series.metric.type,
        tuple(sorted(series.metric.labels.items())),
        tuple(sorted(series.resource.labels.items())),
    )
