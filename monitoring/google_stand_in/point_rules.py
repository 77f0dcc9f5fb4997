"""What Google refuses of time series: whole calls, and single points.

The rules: https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/create and the errors that its
users report.
"""

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from google.api.metric_pb2 import MetricDescriptor
from google.protobuf.timestamp_pb2 import Timestamp

from monitoring.google_stand_in.cloud import MOST_SERIES, CloudStandIn, SeriesKey, StoredPoint

OUT_OF_ORDER = "Points must be written in order. One or more of the points specified had an older"
OLDER_END, OLDER_START = (f"{OUT_OF_ORDER} {side} time than the most recent point." for side in ("end", "start"))
TOO_OFTEN = (
    "One or more points were written more frequently than the maximum sampling period configured for the metric."
)
ONE_POINT = "Only one point can be written per TimeSeries per request."
CLOSEST = timedelta(seconds=5)
OLDEST, NEWEST = timedelta(hours=25), timedelta(minutes=5)
RESOURCE_LABELS = {"project_id", "location", "namespace", "job", "task_id"}
LONGEST_LABEL = 1024
VALUES = {
    MetricDescriptor.BOOL: "bool_value",
    MetricDescriptor.INT64: "int64_value",
    MetricDescriptor.DOUBLE: "double_value",
    MetricDescriptor.STRING: "string_value",
    MetricDescriptor.DISTRIBUTION: "distribution_value",
}


RawSeries = Any
"""google.monitoring.v3.TimeSeries as protobuf makes it: the wrapper of the client takes five times as long to read."""


def key_of_series(series: RawSeries) -> SeriesKey:
    """What makes a series the same as an earlier one."""
    metric, resource = series.metric, series.resource
    return metric.type, tuple(sorted(metric.labels.items())), tuple(sorted(resource.labels.items()))


def interval_of(point: Any) -> tuple[datetime | None, datetime]:
    """Start, None where it has none, and end of a raw point, in UTC."""
    interval = point.interval
    start = _moment(interval.start_time) if interval.HasField("start_time") else None
    return start, _moment(interval.end_time)


def _moment(stamp: Timestamp) -> datetime:
    moment: datetime = stamp.ToDatetime(UTC)
    return moment


def wrong_call(series: Sequence[RawSeries]) -> str:
    """Why nothing of the call is written; "" where the points are looked at one by one."""
    if len(series) > 200:
        return "Field timeSeries had an invalid value: A maximum of 200 TimeSeries can be written in a single request."
    if any(len(one.points) != 1 for one in series):
        return f"Field timeSeries.points had an invalid value: {ONE_POINT}"
    if len({key_of_series(one) for one in series}) < len(series):
        return f"Field timeSeries had an invalid value: Duplicate TimeSeries encountered. {ONE_POINT}"
    return ""


def wrong_point(cloud: CloudStandIn, series: RawSeries) -> str:
    """Why the one point of a series is not written; "" where it is."""
    rules: list[Callable[[CloudStandIn, RawSeries], str]] = [
        _wrong_type,
        _wrong_labels,
        _wrong_resource,
        _wrong_interval,
        _wrong_value,
        _wrong_order,
        _too_many,
    ]
    return next((text for rule in rules if (text := rule(cloud, series))), "")


def _wrong_type(cloud: CloudStandIn, series: RawSeries) -> str:
    descriptor = cloud.descriptors.get(series.metric.type)
    if descriptor is None:  # as Google does: derived from the first point
        return ""
    if descriptor.metric_kind != series.metric_kind:
        kinds = MetricDescriptor.MetricKind
        return (
            f"Metric kind for metric {series.metric.type} must be {kinds.Name(descriptor.metric_kind)}, but is "
            f"{kinds.Name(series.metric_kind)}."
        )
    types = MetricDescriptor.ValueType
    if descriptor.value_type != series.value_type:
        return (
            f"Value type for metric {series.metric.type} must be {types.Name(descriptor.value_type)}, but is "
            f"{types.Name(series.value_type)}."
        )
    return ""


def _wrong_labels(cloud: CloudStandIn, series: RawSeries) -> str:
    descriptor = cloud.descriptors.get(series.metric.type)
    known = {label.key for label in descriptor.labels} if descriptor else set(series.metric.labels)
    if unknown := sorted(known ^ set(series.metric.labels)):
        return f"Unrecognized metric labels: {unknown}"
    long = [name for name, value in series.metric.labels.items() if len(value) > LONGEST_LABEL]
    return f"Metric labels {long} are longer than {LONGEST_LABEL} characters" if long else ""


def _wrong_resource(_cloud: CloudStandIn, series: RawSeries) -> str:
    if series.resource.type != "generic_task" or set(series.resource.labels) != RESOURCE_LABELS:
        return f"Unrecognized resource labels {sorted(series.resource.labels)} of {series.resource.type}"
    return "" if all(series.resource.labels.values()) else "A label of the monitored resource is empty"


def _wrong_interval(cloud: CloudStandIn, series: RawSeries) -> str:
    (start, end), is_gauge = interval_of(series.points[0]), series.metric_kind == MetricDescriptor.GAUGE
    if not end - NEWEST <= cloud.clock():
        return f"Data points cannot be written more than {NEWEST} in the future"
    if end + OLDEST < cloud.clock():
        return f"Data points cannot be written more than {OLDEST.total_seconds() / 3600:.0f}h in the past."
    invalid = f'Field points[0].interval.start_time had an invalid value of "{start}": The start time must be '
    if is_gauge and start and start != end:
        return f"{invalid}equal to the end time ({end.isoformat()}) for the gauge metric '{series.metric.type}'."
    if not is_gauge and not (start and start < end):
        return f"{invalid}before the end time ({end.isoformat()}) for the non-gauge metric '{series.metric.type}'."
    return ""


def _wrong_value(_cloud: CloudStandIn, series: RawSeries) -> str:
    value = series.points[0].value
    if value.WhichOneof("value") != VALUES.get(series.value_type):
        return "Field points[0].value had an invalid value: its type is not the value type of the TimeSeries"
    if series.value_type == MetricDescriptor.DOUBLE and not math.isfinite(value.double_value):
        return f"Field points[0].value.double_value had an invalid value of {value.double_value}"
    if series.value_type == MetricDescriptor.DISTRIBUTION:
        return _wrong_distribution(value.distribution_value)
    return ""


def _wrong_distribution(distribution: Any) -> str:
    """https://cloud.google.com/monitoring/api/ref_v3/rest/v3/TypedValue#Distribution"""
    invalid = "Field points[0].value.distribution_value had an invalid value: "
    options, counts = distribution.bucket_options, list(distribution.bucket_counts)
    kind = options.WhichOneof("options")
    if kind is None:
        return invalid + "bucket_options must be specified"
    bounds = list(options.explicit_buckets.bounds)
    if kind == "explicit_buckets" and (not bounds or sorted(set(bounds)) != bounds):
        return invalid + "bounds must be strictly increasing"
    if min(counts, default=0) < 0 or sum(counts) != distribution.count:
        return invalid + "the sum of bucket_counts must equal count"
    if not math.isfinite(distribution.mean) or (distribution.mean and not distribution.count):
        return invalid + "mean must be finite, and 0 where count is"
    is_short = kind != "explicit_buckets" or len(counts) <= len(bounds) + 1
    return "" if is_short else invalid + "more bucket_counts than buckets"


def _wrong_order(cloud: CloudStandIn, series: RawSeries) -> str:
    stored = cloud.series.get(key_of_series(series))
    if not stored:
        return ""
    newest: StoredPoint = stored[-1]
    start, end = interval_of(series.points[0])
    if end <= newest.end:
        return OLDER_END
    if series.metric_kind != MetricDescriptor.GAUGE and start != newest.start and (start or end) <= newest.end:
        return OLDER_START
    return TOO_OFTEN if end - newest.end < CLOSEST else ""


def _too_many(cloud: CloudStandIn, series: RawSeries) -> str:
    is_new = key_of_series(series) not in cloud.series
    return "Quota of active time series is exceeded" if is_new and len(cloud.series) >= MOST_SERIES else ""
