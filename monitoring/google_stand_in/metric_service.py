"""Metric descriptors and time series, by Google's rules and in Google's words.

The rules: https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/create
"""

from collections.abc import Callable
from datetime import timedelta

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

from monitoring.google_stand_in.cloud import CloudStandIn, SeriesKey, StoredPoint
from monitoring.google_stand_in.grpc_server import Method

OLDER_END = "One or more of the points specified had an older end time than the most recent point."
OLDER_START = "One or more of the points specified had an older start time than the most recent point."
TOO_OFTEN = "One or more points were written more frequently than the maximum sampling period."
RESOURCE_LABELS = {"project_id", "location", "namespace", "job", "task_id"}


def _create_descriptor(
    cloud: CloudStandIn, request: CreateMetricDescriptorRequest, context: grpc.ServicerContext
) -> MetricDescriptor:
    cloud.descriptor_calls += 1
    if cloud.descriptor_trouble:
        context.abort(cloud.descriptor_trouble.code, cloud.descriptor_trouble.message)
    descriptor = request.metric_descriptor
    if not descriptor.type.startswith("custom.googleapis.com/"):
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"{descriptor.type} is no custom metric type")
    cloud.descriptors[descriptor.type] = descriptor
    return descriptor


def _create_time_series(cloud: CloudStandIn, request: CreateTimeSeriesRequest, context: grpc.ServicerContext) -> Empty:
    cloud.calls.append(request)
    cloud.metadata.extend((key, str(value)) for key, value in context.invocation_metadata())
    trouble = cloud.trouble.pop(0) if cloud.trouble else None
    if trouble and not trouble.after_storing:
        context.abort(trouble.code, trouble.message)
    _refuse_whole_call(request, context)
    refusals = [refusal for series in request.time_series if (refusal := _store(cloud, series))]
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


def _store(cloud: CloudStandIn, series: TimeSeries) -> str:
    """Keeps the point of a series; returns why not, or ""."""
    interval = series.points[0].interval
    stored = cloud.series.get(_key(series), [])
    rules: list[Callable[[], str]] = [
        lambda: _wrong_labels(cloud, series),
        lambda: _wrong_interval(interval, is_gauge=series.metric_kind == MetricDescriptor.GAUGE),
        lambda: _wrong_order(stored[-1], interval) if stored else "",
    ]
    if refusal := next((text for rule in rules if (text := rule())), ""):
        return refusal
    value = series.points[0].value
    point = StoredPoint(interval.start_time, interval.end_time, value.int64_value or value.double_value)
    cloud.series.setdefault(_key(series), []).append(point)
    return ""


def _wrong_labels(cloud: CloudStandIn, series: TimeSeries) -> str:
    descriptor = cloud.descriptors.get(series.metric.type)
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


METRIC_SERVICE = {
    "CreateMetricDescriptor": Method(
        CreateMetricDescriptorRequest, MetricDescriptor.SerializeToString, _create_descriptor
    ),
    "CreateTimeSeries": Method(CreateTimeSeriesRequest, Empty.SerializeToString, _create_time_series),
}
