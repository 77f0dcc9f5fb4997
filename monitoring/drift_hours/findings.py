"""From the verdict on an hour to the findings that open incidents: one per cause, with evidence and remedies."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitoring.drift_hours.advice import advice
from monitoring.drift_hours.sentences import Happening
from monitoring.incidents import identity
from nantrace.diagnosis.finding import Evidence, Finding, Reason, Remedy, ResponsibleFeature, TrainingRange
from nantrace.diagnosis.phrases import listed
from nantrace.drift.feature_list import FeatureList
from nantrace.drift.judgement import alarms_by_feature, features_of
from nantrace.feature import FeatureKey
from nantrace.tensors.plain_text import one_line
from nantrace.vocabulary import FAULTS

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
MOST_FEATURES, MOST_EVIDENCE, MOST_VALUES = 20, 8, 5
AS_FAR = 0.5  # an answer moves no further than its inputs together: one of a few that moved may lie behind it
OUTPUTS_ALONE = "outputs"  # the kind of an incident in which no input moved


@dataclass
class ExplainedAlarms:
    """The faults and alarms of an hour that one cause explains; `cause` is None for what no cause explains."""

    cause: str | None
    faults: list[Json] = field(default_factory=list)
    alarms: list[Json] = field(default_factory=list)

    @property
    def inputs_moved(self) -> bool:
        return bool(self.faults) or any(alarm["side"] == "inputs" for alarm in self.alarms)

    @property
    def blamed(self) -> list[Json]:
        """The alarms of what is responsible: outputs only where no input moved, else they follow."""
        return [alarm for alarm in self.alarms if alarm["side"] == "inputs" or not self.inputs_moved]

    @property
    def features(self) -> list[FeatureKey]:
        """The responsible features, each once, those of faults first."""
        return list(dict.fromkeys(key for one in (*self.faults, *self.blamed) for key in features_of(one)))


def explain(alarms: Sequence[Json], faults: Sequence[Json]) -> list[ExplainedAlarms]:
    """One part per cause that is named, and one without a cause for what they do not explain of the inputs.

    A missing or infinite value is its own explanation. A fault explains the other alarms of its features; one whose
    features did not alarm is a suspicion and explains nothing, unless it lasts (`lasting_faults`) or one of the same
    exact values explains an alarm: what answers 0 for one feature answered it for the other. The outputs follow the
    inputs: their alarms go to the first cause, and are a part of their own only without one.
    """
    parts: dict[str | None, ExplainedAlarms] = {}

    def part_of(cause: str | None) -> ExplainedAlarms:
        return parts.setdefault(cause, ExplainedAlarms(cause))

    alarms = [_inputs_first(alarm) for alarm in alarms]
    certain = [alarm for alarm in alarms if alarm["side"] == "inputs" and alarm["kind"] in ALARM_CAUSES]
    for alarm in certain:
        part_of(ALARM_CAUSES[alarm["kind"]]).alarms.append(alarm)
    others = [alarm for alarm in alarms if alarm not in certain]
    unexplained, explained = alarms_by_feature(others), set[FeatureKey]()
    for fault in faults:
        hit = set(features_of(fault))
        if hit & unexplained.keys() or fault.get("lasting"):
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


def _inputs_first(alarm: Json) -> Json:
    """An alarm of the whole hour is about the inputs that moved about as far as the worst feature, if there are any."""
    movers = alarm.get("movers", [])
    far = [one for one in movers if one["times"] >= AS_FAR * movers[0]["times"]]
    inputs = [one for one in far if one["side"] == "inputs"]
    return {**alarm, "movers": inputs, **FeatureKey.from_json(inputs[0]).as_json()} if inputs else alarm


def _is_one_of(fault: Json, others: Sequence[Json]) -> bool:
    """Whether one of the others is of the same kind and the same exact values."""
    return bool(fault["values"]) and any(
        (one["kind"], one["values"]) == (fault["kind"], fault["values"]) for one in others
    )


def drift_findings(verdict: Json, features: FeatureList) -> list[Finding]:
    """The findings of an hour. A fault without an alarm is a suspicion and opens nothing, unless it lasts."""
    described = _Described(features)
    return [described.finding(part) for part in explain(verdict.get("alarms", []), verdict.get("faults", []))]


def accepted_with(fingerprint: str, verdict: Json, features: FeatureList) -> set[FeatureKey]:
    """What of an hour is accepted with an incident: its features, and all outputs where inputs are among these.

    The answers follow the inputs, also those that did not alarm so far.
    """
    described = _Described(features)
    parts = explain(verdict.get("alarms", []), verdict.get("faults", []))
    hit = {
        key for part in parts if identity.fingerprint(described.finding(part)) == fingerprint for key in part.features
    }
    follow = any(key.side == "inputs" for key in hit)
    return hit | {key for key in features.keys if follow and key.side == "outputs"}


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
            remedies=[_remedy(fault) for fault in part.faults[:MOST_EVIDENCE]] or [advice(part.cause, part.blamed)],
            kind="" if part.inputs_moved else OUTPUTS_ALONE,
        )

    def _title(self, part: ExplainedAlarms) -> str:
        """What is said first, and of which features; what follows from it, as outputs do, stands below."""
        first = part.faults or part.blamed
        same = [one for one in first if one["kind"] == first[0]["kind"]]
        keys = {key for one in same for key in features_of(one)}
        names = [self.features.name(key) for key in sorted(keys, key=lambda key: (key.side, key.input, key.index))]
        return one_line(Happening(first[0]["kind"], names, same).sentence)

    def _features(self, part: ExplainedAlarms) -> list[ResponsibleFeature]:
        """Each feature once, with what a fault says of it rather than what an alarm says."""
        found: dict[FeatureKey, ResponsibleFeature] = {}
        rows = {FeatureKey.from_json(alarm): int(alarm.get("rows", 0)) for alarm in part.alarms}
        for fault in part.faults:
            keys = features_of(fault)
            # of several, the evidence says it once
            reason = fault["detail"] if len(keys) == 1 else FAULTS[fault["kind"]].lower()
            for key in keys:
                found.setdefault(key, self._feature(key, fault, reason, rows.get(key, 0)))
        for alarm in part.blamed:
            for key in features_of(alarm):
                found.setdefault(key, self._feature(key, alarm, alarm["told"], alarm.get("rows", 0)))
        return list(found.values())

    def _feature(self, key: FeatureKey, document: Json, reason: str, rows: int) -> ResponsibleFeature:
        """Its range in the reference, unless that is not what it was compared with."""
        known = None if "version_before" in document else self.features.range_of(key)
        values = list(document.get("values", ()))[:MOST_VALUES]
        return ResponsibleFeature(
            *(key.input, self.features.name(key), max(key.index, 0), Reason(reason), rows, values),
            None if known is None else TrainingRange(**known),
        )

    def _evidence(self, part: ExplainedAlarms) -> Iterable[Evidence]:
        """Nothing is replayed for drift: what was measured stands in the notes."""
        for fault in part.faults:
            yield Evidence(fault["kind"], 0, 0, f"{self._listed(features_of(fault))}: {fault['detail']}")
        blamed = part.blamed
        for alarm in part.alarms:
            name = self.features.name(FeatureKey.from_json(alarm))
            follows = "" if alarm in blamed else " follows the inputs"
            yield Evidence(alarm["kind"], 0, 0, f"{name}{follows}: {alarm['told']}")

    def _listed(self, keys: Sequence[FeatureKey]) -> str:
        return listed([self.features.name(key) for key in keys])


def _remedy(fault: Json) -> Remedy:
    remedy = fault["remedy"]
    name = REMEDY_IDS.get(fault["kind"], str(fault["kind"]))
    return Remedy(name, remedy["title"], fault["detail"], remedy["code"])
