"""What Google refuses of a condition of an alert policy.

The rules: https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies#Condition,
https://cloud.google.com/monitoring/api/ref_v3/rest/v3/Aggregation and the errors that users report.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from google.api.metric_pb2 import MetricDescriptor
from google.cloud.monitoring_v3.types import Aggregation, AlertPolicy, ComparisonType

from monitoring.google_stand_in.alignment import Aligner, Reducer
from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.google_stand_in.filters import UnreadableFilterError, label_path, read_filter
from monitoring.google_stand_in.point_rules import RESOURCE_LABELS

Condition = AlertPolicy.Condition
MINUTE, LONGEST = timedelta(minutes=1), timedelta(hours=23, minutes=30)
SHORTEST_ABSENCE = timedelta(minutes=2)
COMPARISONS = (ComparisonType.COMPARISON_GT, ComparisonType.COMPARISON_LT)
NUMERIC = {"NEXT_OLDER", "INTERPOLATE", "MIN", "MAX", "MEAN", "COUNT", "SUM", "STDDEV", "PERCENT_CHANGE", "NONE"}
SHARES = {f"PERCENTILE_{share}" for share in ("99", "95", "50", "05")}
CHANGES = {"DELTA", "RATE"}


def filters_of(condition: Condition) -> list[str]:
    """The filters of its series: one, or those of a ratio."""
    threshold = condition.condition_threshold
    texts = (threshold.filter, threshold.denominator_filter, condition.condition_absent.filter)
    return [text for text in texts if text]


def wrong_condition(cloud: CloudStandIn, condition: Condition, field: str) -> str:
    """Why the condition is refused; "" where it is not."""
    for rule in RULES:
        if refusal := rule(cloud, condition):
            return f"Field alert_policy.{field}.{refusal}"
    return ""


def _aggregated(condition: Condition) -> list[tuple[str, Sequence[Aggregation]]]:
    """Each filter with its aggregations."""
    threshold, absent = condition.condition_threshold, condition.condition_absent
    pairs = [
        (threshold.filter, threshold.aggregations),
        (threshold.denominator_filter, threshold.denominator_aggregations),
        (absent.filter, absent.aggregations),
    ]
    return [pair for pair in pairs if pair[0]]


def _filters(_cloud: CloudStandIn, condition: Condition) -> str:
    if not filters_of(condition):
        return "filter had an invalid value: only thresholds and absences of time series are known here"
    try:
        read = [read_filter(text) for text in filters_of(condition)]
    except UnreadableFilterError as error:
        return f"filter had an invalid value: {error}"
    if not all(one.metric for one in read):
        return "filter had an invalid value: must specify a restriction on metric.type"
    return "" if all(one.resource for one in read) else "filter had an invalid value: resource.type must be specified"


def _labels(cloud: CloudStandIn, condition: Condition) -> str:
    for text, aggregations in _aggregated(condition):
        filter_ = read_filter(text)
        descriptor = cloud.descriptors.get(filter_.metric)
        known = {f"resource.label.{one}" for one in RESOURCE_LABELS}
        known |= {f"metric.label.{one.key}" for one in descriptor.labels} if descriptor else set(filter_.labels)
        try:
            grouped = [label_path(one) for aggregation in aggregations for one in aggregation.group_by_fields]
        except UnreadableFilterError as error:
            return f"aggregations had an invalid value: {error}"
        if descriptor and (unknown := sorted({*filter_.labels, *grouped} - known)):
            return f"aggregations had an invalid value: {unknown} are no labels of {filter_.metric}"
    return ""


def _periods(_cloud: CloudStandIn, condition: Condition) -> str:
    for one in (one for _, aggregations in _aggregated(condition) for one in aggregations):
        if not MINUTE <= one.alignment_period <= LONGEST or one.alignment_period % MINUTE:
            return (
                f'aggregations.alignment_period had an invalid value of "{one.alignment_period.total_seconds():.0f}s": '
                "alignment period must be in multiples of one minute"
            )
        if one.group_by_fields and not one.cross_series_reducer:
            return "aggregations had an invalid value: An aggregation cannot have group-by fields without a reducer."
        if one.cross_series_reducer and not one.per_series_aligner:
            return "aggregations had an invalid value: A reducer needs an aligner other than ALIGN_NONE."
    return ""


def _aligners(cloud: CloudStandIn, condition: Condition) -> str:
    for text, aggregations in _aggregated(condition):
        descriptor = cloud.descriptors.get(read_filter(text).metric)
        if descriptor is None or not aggregations:
            continue
        aligner = Aligner(aggregations[0].per_series_aligner).name
        if aligner.removeprefix("ALIGN_") not in _fitting(descriptor):
            kind = MetricDescriptor.MetricKind.Name(descriptor.metric_kind)
            value = MetricDescriptor.ValueType.Name(descriptor.value_type)
            return (
                f'aggregations.perSeriesAligner had an invalid value of "{aligner}": The aligner cannot be applied to '
                f"metrics with kind {kind} and value type {value}."
            )
    return ""


def _fitting(descriptor: MetricDescriptor) -> set[str]:
    """Names of the aligners that a metric of this kind and type may have."""
    is_counted = descriptor.value_type == MetricDescriptor.DISTRIBUTION
    if descriptor.metric_kind == MetricDescriptor.CUMULATIVE:
        return {"DELTA"} if is_counted else CHANGES
    if is_counted:
        return {"SUM", "NEXT_OLDER", "COUNT", *SHARES}
    if descriptor.value_type == MetricDescriptor.BOOL:
        return {"COUNT", "COUNT_TRUE", "COUNT_FALSE", "FRACTION_TRUE", "NEXT_OLDER"}
    return NUMERIC


def _numbers(cloud: CloudStandIn, condition: Condition) -> str:
    """A threshold compares numbers: a distribution has to become one."""
    threshold = condition.condition_threshold
    descriptor = cloud.descriptors.get(read_filter(threshold.filter).metric) if threshold.filter else None
    if descriptor is None or descriptor.value_type != MetricDescriptor.DISTRIBUTION:
        return ""
    steps = {Aligner(one.per_series_aligner).name.removeprefix("ALIGN_") for one in threshold.aggregations}
    steps |= {Reducer(one.cross_series_reducer).name.removeprefix("REDUCE_") for one in threshold.aggregations}
    is_number = steps & {*SHARES, "COUNT", "MEAN"}
    return "" if is_number else "condition_threshold had an invalid value: a distribution is compared with a number"


def _threshold(_cloud: CloudStandIn, condition: Condition) -> str:
    threshold = condition.condition_threshold
    if not threshold.filter:
        return ""
    if not threshold.aggregations:
        return "condition_threshold.aggregations had an invalid value: an alignment is required"
    if threshold.comparison not in COMPARISONS:
        return "condition_threshold.comparison had an invalid value: only COMPARISON_GT and COMPARISON_LT are supported"
    duration = threshold.duration or timedelta(0)
    if duration % MINUTE or duration > LONGEST:
        return "condition_threshold.duration had an invalid value: it must be whole minutes up to 23.5 hours"
    if threshold.evaluation_missing_data and not duration:
        return (
            "condition_threshold.evaluation_missing_data had an invalid value: Conditions setting "
            "evaluation_missing_data must have a non-zero duration."
        )
    return ""


def _ratio(_cloud: CloudStandIn, condition: Condition) -> str:
    threshold = condition.condition_threshold
    if not threshold.denominator_filter:
        return ""
    pairs = [(one.alignment_period, list(one.group_by_fields)) for one in threshold.aggregations]
    if pairs != [(one.alignment_period, list(one.group_by_fields)) for one in threshold.denominator_aggregations]:
        return (
            "condition_threshold.denominator_aggregations had an invalid value: numerator and denominator must have "
            "the same alignment period and group by the same fields"
        )
    return ""


def _absence(_cloud: CloudStandIn, condition: Condition) -> str:
    absent = condition.condition_absent
    if not absent.filter or (SHORTEST_ABSENCE <= absent.duration <= LONGEST and not absent.duration % MINUTE):
        return ""
    return "condition_absent.duration had an invalid value: it must be whole minutes, 2 minutes to 23.5 hours"


RULES: tuple[Callable[[CloudStandIn, Condition], str], ...] = (
    _filters,
    _labels,
    _periods,
    _aligners,
    _numbers,
    _threshold,
    _ratio,
    _absence,
)
