"""Readings as families of metrics of Prometheus, by its own conventions of names.

https://prometheus.io/docs/practices/naming
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import cast

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

from monitoring.metrics.table import Metric, Reading, ValueForm, Waits
from monitoring.models import LATENCY_BOUNDS

PREFIX = "nanwatch_"
PROJECT = "project"
UNITS = {"s": "_seconds"}
BOUNDS = [*map(str, LATENCY_BOUNDS), "+Inf"]


def name_of(metric: Metric) -> str:
    """As its samples are called in queries; those of a distribution end in _bucket, _count and _sum as well."""
    row = metric.value
    name = PREFIX + row.name + UNITS.get(row.unit, "")
    return name if row.is_gauge or row.form is ValueForm.DISTRIBUTION else f"{name}_total"


@dataclass(frozen=True)
class ReadingsCollector(Collector):
    """What an encoder of prometheus_client asks."""

    readings: Iterable[Reading]

    def collect(self) -> Iterator[Family]:
        by_metric: dict[Metric, list[Reading]] = {}
        for reading in self.readings:
            by_metric.setdefault(reading.metric, []).append(reading)
        for metric, readings in by_metric.items():
            make = _histogram if metric.value.form is ValueForm.DISTRIBUTION else _numbers
            yield make(metric, readings)


def _numbers(metric: Metric, readings: Sequence[Reading]) -> Family:
    kind = GaugeMetricFamily if metric.value.is_gauge else CounterMetricFamily
    family = kind(name_of(metric), metric.value.description, labels=[PROJECT, *metric.value.labels])
    for reading in readings:
        family.add_metric(_labels(reading), cast("float", reading.value))
    return family


def _histogram(metric: Metric, readings: Sequence[Reading]) -> Family:
    family = HistogramMetricFamily(name_of(metric), metric.value.description, labels=[PROJECT, *metric.value.labels])
    for reading in readings:
        waits = cast("Waits", reading.value)
        counts = zip(BOUNDS, accumulate(waits.counts), strict=True)
        family.add_metric(_labels(reading), buckets=list(counts), sum_value=waits.seconds)
    return family


def _labels(reading: Reading) -> list[str]:
    return [reading.project, *(reading.labels[name] for name in reading.metric.value.labels)]
