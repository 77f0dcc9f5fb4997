"""Which cause explains which alarm of an hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nantrace.drift.judgement import alarms_by_feature, features_of
from nantrace.feature import FeatureKey

Json = dict[str, Any]

FAULT_CAUSES: Mapping[str, str] = {
    "unscaled": "input_unscaled",
    "scaled_twice": "input_unscaled",
    "unit_change": "input_unscaled",
    "sentinel": "input_missing",
    "default_fill": "input_missing",
}
ALARM_CAUSES = {
    "missing": "input_missing",
    "nan": "input_missing",
    "infinite": "input_infinite",
    "type": "shape_or_type",
}


@dataclass
class ExplainedAlarms:
    """The faults and alarms of an hour that one cause explains; `cause` is None for what no cause explains."""

    cause: str | None
    faults: list[Json] = field(default_factory=list)
    alarms: list[Json] = field(default_factory=list)


def explain(alarms: Sequence[Json], faults: Sequence[Json]) -> list[ExplainedAlarms]:
    """One part per cause that is named, and one without a cause for what they do not explain of the inputs.

    A missing or infinite value is its own explanation. A fault explains the other alarms of its features; one whose
    features did not alarm is a suspicion and explains nothing. The outputs follow the inputs: their alarms go to
    the first cause, and are a part of their own only without one.
    """
    parts: dict[str | None, ExplainedAlarms] = {}
    certain = [alarm for alarm in alarms if alarm["side"] == "inputs" and alarm["kind"] in ALARM_CAUSES]
    for alarm in certain:
        cause = ALARM_CAUSES[alarm["kind"]]
        parts.setdefault(cause, ExplainedAlarms(cause)).alarms.append(alarm)
    others = [alarm for alarm in alarms if alarm not in certain]
    unexplained = alarms_by_feature(others)
    explained: set[FeatureKey] = set()
    for fault in faults:
        if any(key in unexplained for key in features_of(fault)):
            named = FAULT_CAUSES.get(fault["kind"])
            part = parts.setdefault(named, ExplainedAlarms(named))
            part.faults.append(fault)
            for alarm in others:
                if FeatureKey.from_json(alarm) in set(features_of(fault)) - explained:
                    part.alarms.append(alarm)
            explained.update(features_of(fault))
    causes = [part for part in parts.values() if part.cause]
    for alarm in others:
        if FeatureKey.from_json(alarm) not in explained:
            follows = causes and alarm["side"] == "outputs"
            (causes[0] if follows else parts.setdefault(None, ExplainedAlarms(None))).alarms.append(alarm)
    return sorted(parts.values(), key=lambda part: part.cause is None)
