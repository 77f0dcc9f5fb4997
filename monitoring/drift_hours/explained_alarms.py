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

    def part_of(cause: str | None) -> ExplainedAlarms:
        return parts.setdefault(cause, ExplainedAlarms(cause))

    certain = [alarm for alarm in alarms if alarm["side"] == "inputs" and alarm["kind"] in ALARM_CAUSES]
    for alarm in certain:
        part_of(ALARM_CAUSES[alarm["kind"]]).alarms.append(alarm)
    others = [alarm for alarm in alarms if alarm not in certain]
    unexplained, explained = alarms_by_feature(others), set[FeatureKey]()
    for fault in faults:
        hit = set(features_of(fault))
        if hit & unexplained.keys():
            part = part_of(FAULT_CAUSES.get(fault["kind"]))
            part.faults.append(fault)
            part.alarms += [alarm for alarm in others if FeatureKey.from_json(alarm) in hit - explained]
            explained |= hit
    causes = [part for part in parts.values() if part.cause]
    for alarm in others:
        if FeatureKey.from_json(alarm) not in explained:
            follows = causes and alarm["side"] == "outputs"
            (causes[0] if follows else part_of(None)).alarms.append(alarm)
    return sorted(parts.values(), key=lambda part: part.cause is None)
