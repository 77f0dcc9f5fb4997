"""Which cause explains which alarm of an hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitoring.drift.features import Spot

Json = Mapping[str, Any]

FAULT_CAUSES = {
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
class Part:
    """What one cause explains."""

    cause: str | None
    faults: list[Json] = field(default_factory=list)
    alarms: list[Json] = field(default_factory=list)


def parts_of(alarms: Sequence[Json], faults: Sequence[Json]) -> list[Part]:
    """One part per cause that is named. What they do not explain of the inputs is one more, without a cause.

    The outputs follow the inputs: their alarms go to the first cause, and are a part of their own only without one.
    """
    parts: dict[str | None, Part] = {}
    for fault in faults:
        cause = FAULT_CAUSES.get(fault["kind"])
        parts.setdefault(cause, Part(cause)).faults.append(fault)
    explained = {spot for part in parts.values() if part.cause for fault in part.faults for spot in spots_of(fault)}
    rest: list[Json] = []
    for alarm in alarms:
        cause = ALARM_CAUSES.get(alarm["kind"]) if alarm["side"] == "inputs" else None
        if cause is not None and spot_of(alarm) not in explained:
            parts.setdefault(cause, Part(cause)).alarms.append(alarm)
            explained.add(spot_of(alarm))
        else:
            rest.append(alarm)
    causes = [part for part in parts.values() if part.cause]
    for alarm in rest:
        known = spot_of(alarm) in explained or alarm["side"] == "outputs"
        part = causes[0] if known and causes else parts.setdefault(None, Part(None))
        part.alarms.append(alarm)
    return sorted((part for part in parts.values()), key=lambda part: part.cause is None)


def spot_of(alarm: Json) -> Spot:
    return alarm["side"], alarm["input"], alarm["index"]


def spots_of(fault: Json) -> list[Spot]:
    return [("inputs", fault["input"], index) for index in fault["features"]]
