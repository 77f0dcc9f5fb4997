"""Which groups of series a condition finds above or below its limit, or silent."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from google.cloud.monitoring_v3.types import Aggregation, AlertPolicy, ComparisonType

from monitoring.google_stand_in.alignment import Reducer, Value, align, combine
from monitoring.google_stand_in.cloud import CloudStandIn, Group, SeriesKey
from monitoring.google_stand_in.filters import label_path, label_paths, read_filter

Condition = AlertPolicy.Condition


@dataclass(frozen=True)
class Measured:
    """`values` of the groups that have data, and which of them are `violated`; silent groups have no value."""

    values: dict[Group, float] = field(default_factory=dict)
    violated: frozenset[Group] = frozenset()


def measure(cloud: CloudStandIn, condition: Condition, made_at: datetime) -> Measured:
    """The condition at the stand-in's present; `made_at` is when its policy was made."""
    if condition.condition_absent.filter:
        return _absent(cloud, condition.condition_absent, made_at)
    threshold = condition.condition_threshold
    values = _grouped(cloud, threshold.filter, threshold.aggregations)
    if threshold.denominator_filter:
        values = _ratios(values, _grouped(cloud, threshold.denominator_filter, threshold.denominator_aggregations))
    is_above = threshold.comparison == ComparisonType.COMPARISON_GT
    limit = threshold.threshold_value
    return Measured(
        values, frozenset(one for one, value in values.items() if (value > limit if is_above else value < limit))
    )


def hold_time(condition: Condition) -> timedelta:
    """How long a threshold has to be violated before it alerts; an absence has waited already."""
    return condition.condition_threshold.duration or timedelta(0)


def _ratios(above: dict[Group, float], below: dict[Group, float]) -> dict[Group, float]:
    return {group: value / below[group] for group, value in above.items() if below.get(group)}


def _grouped(cloud: CloudStandIn, filter_: str, aggregations: Sequence[Aggregation]) -> dict[Group, float]:
    """One value for each group; of several aggregations the later ones reduce what the first one left."""
    (first, *later) = aggregations
    members: dict[Group, list[Value]] = defaultdict(list)
    paths, aligner, period, now = _grouping(first), first.per_series_aligner, first.alignment_period, cloud.clock()
    for key in _chosen(cloud, filter_):
        value = align(cloud.series[key], aligner, now, period)
        if value is not None:
            members[_group(key, paths)].append(value)
    reducer = later[-1] if later else first
    name = _reducer(reducer)
    reduced = {group: combine(values, name) for group, values in members.items()}
    return {group: float(value) for group, value in reduced.items() if isinstance(value, int | float)}


def _reducer(aggregation: Aggregation) -> str:
    return str(Reducer(aggregation.cross_series_reducer).name).removeprefix("REDUCE_")


def _grouping(aggregation: Aggregation) -> Sequence[str] | None:
    """Paths of the labels that series are put together by; None where each stays alone."""
    return [label_path(one) for one in aggregation.group_by_fields] if aggregation.cross_series_reducer else None


def _group(key: SeriesKey, by: Sequence[str] | None) -> Group:
    labels = label_paths(key)
    return tuple(sorted(labels.items())) if by is None else tuple((path, labels.get(path, "")) for path in by)


def _chosen(cloud: CloudStandIn, filter_: str) -> Iterable[SeriesKey]:
    wanted = read_filter(filter_)
    return [key for key in cloud.series if wanted.holds(key)]


def _absent(cloud: CloudStandIn, absent: Any, made_at: datetime) -> Measured:
    """Groups that had a point since the policy was made, and none for as long as it says."""
    newest: dict[Group, datetime] = {}
    (aggregation,) = absent.aggregations or [Aggregation()]
    paths = _grouping(aggregation)
    for key in _chosen(cloud, absent.filter):
        group, end = _group(key, paths), cloud.series[key][-1].end
        newest[group] = max(end, newest.get(group, end))
    now = cloud.clock()
    silent = {group for group, end in newest.items() if end >= made_at and now - end >= absent.duration}
    return Measured({group: 0.0 for group in newest if group not in silent}, frozenset(silent))
