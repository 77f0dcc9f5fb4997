"""Metric descriptors and time series, by Google's rules and in Google's words."""

import re
from collections import deque
from typing import Any

import grpc
from google.api.label_pb2 import LabelDescriptor
from google.api.metric_pb2 import MetricDescriptor
from google.cloud.monitoring_v3.types import (
    CreateMetricDescriptorRequest,
    CreateTimeSeriesRequest,
    CreateTimeSeriesSummary,
)
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.empty_pb2 import Empty
from google.rpc.status_pb2 import Status
from grpc import StatusCode
from grpc_status.rpc_status import to_status

from monitoring.google_stand_in.alerts import evaluate
from monitoring.google_stand_in.bucket_counts import BucketCounts
from monitoring.google_stand_in.cloud import MOST_POINTS, CloudStandIn, StoredPoint, Trouble
from monitoring.google_stand_in.grpc_server import Method
from monitoring.google_stand_in.point_rules import (
    TOO_OFTEN,
    VALUES,
    RawSeries,
    interval_of,
    key_of_series,
    wrong_call,
    wrong_point,
)

TYPE = re.compile(r"custom\.googleapis\.com/[A-Za-z0-9_/]+")
LABEL = re.compile(r"[a-z][a-z0-9_]{0,99}")
MOST_LABELS = 30
UNKNOWN = "Cannot find metric that matches type"
CODES = {TOO_OFTEN: StatusCode.FAILED_PRECONDITION, UNKNOWN: StatusCode.NOT_FOUND}
NOT_WRITTEN = "One or more TimeSeries could not be written"


def _create_descriptor(
    cloud: CloudStandIn, request: CreateMetricDescriptorRequest, context: grpc.ServicerContext
) -> MetricDescriptor:
    cloud.descriptor_calls += 1
    if cloud.descriptor_trouble:
        context.abort(cloud.descriptor_trouble.code, cloud.descriptor_trouble.message)
    if refusal := _wrong_descriptor(cloud, request.metric_descriptor):
        context.abort(StatusCode.INVALID_ARGUMENT, refusal)
    _describe(cloud, request.metric_descriptor)
    return request.metric_descriptor


def _wrong_descriptor(cloud: CloudStandIn, descriptor: MetricDescriptor) -> str:
    if not TYPE.fullmatch(descriptor.type):
        return f'Field metricDescriptor.type had an invalid value of "{descriptor.type}": not a custom metric type.'
    if not (descriptor.metric_kind and descriptor.value_type):
        return "Field metricDescriptor had an invalid value: metricKind and valueType must be specified."
    if len(descriptor.labels) > MOST_LABELS or not all(LABEL.fullmatch(one.key) for one in descriptor.labels):
        return f"Field metricDescriptor.labels had an invalid value: up to {MOST_LABELS} keys, each {LABEL.pattern}."
    known = cloud.descriptors.get(descriptor.type, descriptor)
    if (known.metric_kind, known.value_type) != (descriptor.metric_kind, descriptor.value_type):
        return f"Field metricDescriptor had an invalid value: {descriptor.type} exists with another kind or value type."
    return ""


def _describe(cloud: CloudStandIn, descriptor: MetricDescriptor) -> None:
    cloud.descriptors[descriptor.type] = descriptor
    cloud.described_at.setdefault(descriptor.type, cloud.clock())


def _create_time_series(cloud: CloudStandIn, request: CreateTimeSeriesRequest, context: grpc.ServicerContext) -> Empty:
    cloud.calls.append(request)
    cloud.metadata.extend((key, str(value)) for key, value in context.invocation_metadata())
    trouble = cloud.trouble.pop(0) if cloud.trouble else None
    if trouble and not (trouble.after_storing or trouble.partly):
        context.abort(trouble.code, trouble.message)
    series = list(CreateTimeSeriesRequest.pb(request).time_series)
    if refusal := wrong_call(series):
        context.abort(StatusCode.INVALID_ARGUMENT, refusal)
    refusals = _store(cloud, series, trouble)
    evaluate(cloud)
    if trouble and trouble.after_storing:
        context.abort(trouble.code, trouble.message)
    if refusals:
        context.abort_with_status(to_status(_partial_failure(cloud, len(series), refusals, trouble)))
    return Empty()


def _store(cloud: CloudStandIn, series: list[RawSeries], trouble: Trouble | None) -> list[str]:
    """Keeps what may be kept; why each of the others is not."""
    lost = len(series) // 2 if trouble and trouble.partly else len(series)
    refusals = [refusal for one in series[:lost] if (refusal := _stored(cloud, one))]
    return [*refusals, *[trouble.message if trouble else "" for _ in series[lost:]]]


def _stored(cloud: CloudStandIn, series: RawSeries) -> str:
    if refusal := wrong_point(cloud, series):
        return refusal
    if series.metric.type not in cloud.descriptors:
        if not cloud.derives:
            return UNKNOWN
        _describe(cloud, _derived(series))
    (point,) = series.points
    value = getattr(point.value, VALUES[series.value_type])
    histogram = BucketCounts.of(value) if series.value_type == MetricDescriptor.DISTRIBUTION else None
    start, end = interval_of(point)
    kept = StoredPoint(start or end, end, histogram.count if histogram else value, histogram)
    cloud.series.setdefault(key_of_series(series), deque(maxlen=MOST_POINTS)).append(kept)
    return ""


def _derived(series: RawSeries) -> MetricDescriptor:
    labels = [LabelDescriptor(key=key) for key in series.metric.labels]
    return MetricDescriptor(
        type=series.metric.type, metric_kind=series.metric_kind, value_type=series.value_type, labels=labels
    )


def _partial_failure(cloud: CloudStandIn, total: int, refusals: list[str], trouble: Trouble | None) -> Status:
    """What Google answers when some points were written and others not."""
    code = trouble.code if trouble else StatusCode.INTERNAL if cloud.is_terse else StatusCode.INVALID_ARGUMENT
    summary = CreateTimeSeriesSummary(
        total_point_count=total,
        success_point_count=total - len(refusals),
        errors=[_summed(text, refusals.count(text), cloud, code) for text in dict.fromkeys(refusals)],
    )
    detail = AnyMessage(
        type_url=f"type.googleapis.com/{CreateTimeSeriesSummary.pb().DESCRIPTOR.full_name}",
        value=CreateTimeSeriesSummary.serialize(summary),
    )
    message = NOT_WRITTEN + ("." if cloud.is_terse else f": {refusals[0]}")
    return Status(code=code.value[0], message=message, details=[detail])


def _summed(text: str, count: int, cloud: CloudStandIn, code: StatusCode) -> dict[str, Any]:
    """One refusal with how many points met it; some have a code of their own."""
    if code != StatusCode.INTERNAL or cloud.is_terse:
        code = CODES.get(text, StatusCode.INVALID_ARGUMENT)
    return {"status": Status(code=code.value[0], message="" if cloud.is_terse else text), "point_count": count}


METRIC_SERVICE = {
    "CreateMetricDescriptor": Method(
        CreateMetricDescriptorRequest, MetricDescriptor.SerializeToString, _create_descriptor
    ),
    "CreateTimeSeries": Method(CreateTimeSeriesRequest, Empty.SerializeToString, _create_time_series),
}
