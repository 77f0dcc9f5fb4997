"""Filters of Monitoring, as far as alert policies of time series use them: equalities that all must hold.

https://cloud.google.com/monitoring/api/v3/filters
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from monitoring.google_stand_in.cloud import MOST_SERIES, SeriesKey

_TERM = re.compile(r'\s*([\w.]+?)(?:\."(\w+)")?\s*=\s*"((?:[^"\\]|\\.)*)"\s*')
_ROOTS = {"metric.type", "resource.type"}
_LABEL = re.compile(r"(metric|resource)\.labels?\.(\w+)")


class UnreadableFilterError(ValueError):
    """The filter is none, or uses more of the language than the stand-in knows; the message quotes it."""


@dataclass(frozen=True)
class SeriesFilter:
    """`labels` by their path, such as `metric.label.severity`."""

    metric: str
    resource: str
    labels: Mapping[str, str]

    def holds(self, key: SeriesKey) -> bool:
        return key[0] == self.metric and all(label_paths(key).get(path) == one for path, one in self.labels.items())


@lru_cache
def read_filter(text: str) -> SeriesFilter:
    """Raises UnreadableFilterError; a part that the filter does not name is empty."""
    terms = dict(_term(part) for part in re.split(r"\s+AND\s+", text.strip()))
    labels = {path: value for path, value in terms.items() if path not in _ROOTS}
    return SeriesFilter(terms.get("metric.type", ""), terms.get("resource.type", ""), labels)


def label_path(text: str) -> str:
    """`metric.labels.model` and `metric.label."model"` are `metric.label.model`; raises UnreadableFilterError."""
    found = _LABEL.fullmatch(text.replace('"', ""))
    if not found:
        raise UnreadableFilterError(f"{text!r} is no label of a metric or a resource")
    return f"{found[1]}.label.{found[2]}"


@lru_cache(MOST_SERIES)
def label_paths(key: SeriesKey) -> Mapping[str, str]:
    """The labels of a series by their paths."""
    _, metric, resource = key
    return {
        **{f"metric.label.{name}": value for name, value in metric},
        **{f"resource.label.{name}": value for name, value in resource},
    }


def _term(text: str) -> tuple[str, str]:
    found = _TERM.fullmatch(text)
    if not found:
        raise UnreadableFilterError(f"Could not parse filter {text!r}: the stand-in reads equalities joined by AND")
    path = found[1] + (f".{found[2]}" if found[2] else "")
    return (path if path in _ROOTS else label_path(path)), found[3]
