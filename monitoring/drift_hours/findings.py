"""From the verdict on an hour to the findings that open incidents: one per cause, with evidence and remedies."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nantrace.diagnosis.finding import Evidence, Finding, Reason, Remedy, ResponsibleFeature, TrainingRange
from nantrace.drift.feature_list import FeatureList
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
REMEDY_IDS = {
    "unscaled": "rescale",
    "scaled_twice": "rescale",
    "unit_change": "rescale",
    "sentinel": "impute",
    "default_fill": "impute",
    "clipped": "clip",
    "swapped": "reorder",
    "sign_flip": "flip_sign",
}
SEEN = {
    "unscaled": "Not scaled as the reference was",
    "scaled_twice": "Scaled twice",
    "unit_change": "In another unit than the reference",
    "sentinel": "A number that means missing",
    "default_fill": "Gaps filled with one value",
    "swapped": "Columns that hold each other's values",
    "sign_flip": "With the opposite sign",
    "clipped": "Clipped",
    "constant": "Stuck at one value",
    "unseen_category": "Values that the reference does not know",
    "rounded": "Rounded",
    "shift": "Moved away from the reference",
    "missing": "Missing more often than in the reference",
    "nan": "NaN more often than in the reference",
    "infinite": "Infinite, which the reference is not",
    "out_of_range": "Outside the reference's range",
    "type": "In another width or type than the reference",
    "jump": "Of another distribution than the reference",
    "shape": "Of another distribution than in past hours",
}
MOST_FEATURES, MOST_EVIDENCE = 20, 8


@dataclass
class ExplainedAlarms:
    """The faults and alarms of an hour that one cause explains; `cause` is None for what no cause explains."""

    cause: str | None
    faults: list[Json] = field(default_factory=list)
    alarms: list[Json] = field(default_factory=list)


def explain(alarms: Sequence[Json], faults: Sequence[Json]) -> list[ExplainedAlarms]:
    """One part per cause that is named, and one without a cause for what they do not explain of the inputs.

    A missing or infinite value is its own explanation. A fault explains the other alarms of its features; one whose
    features did not alarm is a suspicion and explains nothing, unless one of the same exact values explains an alarm:
    what answers 0 for one feature answered it for the other. The outputs follow the inputs: their alarms go to
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
    for part in parts.values():
        part.faults += [fault for fault in faults if fault not in part.faults and _is_one_of(fault, part.faults)]
    causes = [part for part in parts.values() if part.cause]
    for alarm in others:
        if FeatureKey.from_json(alarm) not in explained:
            follows = causes and alarm["side"] == "outputs"
            (causes[0] if follows else part_of(None)).alarms.append(alarm)
    return sorted(parts.values(), key=lambda part: part.cause is None)


def _is_one_of(fault: Json, others: Sequence[Json]) -> bool:
    """Whether one of the others is of the same kind and the same exact values."""
    return bool(fault["values"]) and any(
        (one["kind"], one["values"]) == (fault["kind"], fault["values"]) for one in others
    )


def drift_findings(verdict: Json, features: FeatureList) -> list[Finding]:
    """The findings of an hour that alarms. A fault without an alarm is a suspicion and opens nothing."""
    alarms = verdict.get("alarms", [])
    if not alarms:
        return []
    described = _Described(features)
    return [described.finding(part) for part in explain(alarms, verdict.get("faults", []))]


@dataclass(frozen=True)
class _Described:
    """Writes findings in the words of the version."""

    features: FeatureList

    def finding(self, part: ExplainedAlarms) -> Finding:
        features = self._features(part)
        return Finding(
            symptom="drift",
            cause=part.cause,
            confidence=max((float(fault["confidence"]) for fault in part.faults), default=1.0),
            title=self._title(part),
            row_indices=[],
            features=features[:MOST_FEATURES],
            evidence=list(self._evidence(part))[:MOST_EVIDENCE],
            remedies=[*(_remedy(fault) for fault in part.faults[:MOST_EVIDENCE]), *_advice(part)],
        )

    def _title(self, part: ExplainedAlarms) -> str:
        """What is said first, and of which features; what follows from it, as outputs do, stands below."""
        first = part.faults or part.alarms
        kind = first[0]["kind"]
        keys = dict.fromkeys(key for one in first if one["kind"] == kind for key in features_of(one))
        return f"{SEEN[kind]}: {self._listed(list(keys))}"[:300]

    def _features(self, part: ExplainedAlarms) -> list[ResponsibleFeature]:
        """Each feature once, with what a fault says of it rather than what an alarm says."""
        found: dict[FeatureKey, ResponsibleFeature] = {}
        rows = {FeatureKey.from_json(alarm): int(alarm.get("rows", 0)) for alarm in part.alarms}
        for fault in part.faults:
            keys = features_of(fault)
            reason = fault["detail"] if len(keys) == 1 else SEEN[fault["kind"]].lower()  # the evidence says it once
            for key in keys:
                found.setdefault(key, self._feature(key, reason, rows.get(key, 0), fault["values"]))
        for alarm in part.alarms:
            for key in features_of(alarm):
                found.setdefault(key, self._feature(key, alarm["told"], alarm.get("rows", 0), []))
        return list(found.values())

    def _feature(self, key: FeatureKey, reason: str, rows: int, values: Sequence[Any]) -> ResponsibleFeature:
        known = self.features.range_of(key)
        return ResponsibleFeature(
            *(key.input, self.features.name(key), max(key.index, 0), Reason(reason), rows, list(values)[:5]),
            None if known is None else TrainingRange(**known),
        )

    def _evidence(self, part: ExplainedAlarms) -> Iterable[Evidence]:
        """Nothing is replayed for drift: what was measured stands in the notes."""
        for fault in part.faults:
            yield Evidence(fault["kind"], 0, 0, f"{self._listed(features_of(fault))}: {fault['detail']}")
        for alarm in part.alarms:
            name = self.features.name(FeatureKey.from_json(alarm))
            yield Evidence(alarm["kind"], 0, 0, f"{name}: {alarm['told']}")

    def _listed(self, keys: Sequence[FeatureKey]) -> str:
        return _listed([self.features.name(key) for key in keys])


def _remedy(fault: Json) -> Remedy:
    remedy = fault["remedy"]
    name = REMEDY_IDS.get(fault["kind"], str(fault["kind"]))
    return Remedy(name, remedy["title"], fault["detail"], remedy["code"])


def _advice(part: ExplainedAlarms) -> list[Remedy]:
    """Where no fault is named there is no code to paste."""
    if part.faults:
        return []
    why = (
        "No known mistake explains the change. Compare what fills these features today with what filled them in "
        "training; if the world has changed and not the pipeline, the model has to see it in training."
    )
    return [Remedy("retrain", "Find what changed before the model, or retrain on it", why, "")]


def _listed(names: Sequence[str]) -> str:
    if len(names) <= 3:
        return " and ".join([*([", ".join(names[:-1])] if names[:-1] else []), *names[-1:]])
    return f"{', '.join(names[:3])} and {len(names) - 3} more"
