"""From the verdict on an hour to the findings that open incidents: one per cause, with evidence and remedies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from monitoring.drift_hours.explained_alarms import Json, Part, parts_of, spot_of, spots_of
from nantrace.diagnosis.finding import Evidence, Finding, GuiltyFeature, Remedy
from nantrace.drift.feature_list import Spot
from nantrace.drift.naming import Names
from nantrace.drift.profile import Profile

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


def drift_findings(verdict: Json, profile: Profile, names: Names) -> list[Finding]:
    """The findings of an hour that alarms. A fault without an alarm is a suspicion and opens nothing."""
    alarms = verdict.get("alarms", [])
    if not alarms:
        return []
    described = _Described(profile, names)
    return [described.finding(part) for part in parts_of(alarms, verdict.get("faults", []))]


@dataclass(frozen=True)
class _Described:
    """Writes findings in the words of the version."""

    profile: Profile
    names: Names

    def finding(self, part: Part) -> Finding:
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

    def _title(self, part: Part) -> str:
        """What is said first, and of which features; what follows from it, as outputs do, stands below."""
        told = part.faults or part.alarms
        kind = told[0]["kind"]
        spots = dict.fromkeys(spot for one in told if one["kind"] == kind for spot in _spots(one))
        return f"{SEEN[kind]}: {_listed([self._name(spot) for spot in spots])}"[:300]

    def _features(self, part: Part) -> list[GuiltyFeature]:
        """Each feature once, with what a fault says of it rather than what an alarm says."""
        found: dict[Spot, GuiltyFeature] = {}
        counted = {spot_of(alarm): int(alarm.get("rows", 0)) for alarm in part.alarms}
        for fault in part.faults:
            spots = spots_of(fault)
            reason = fault["detail"] if len(spots) == 1 else SEEN[fault["kind"]].lower()  # the evidence says it once
            for spot in spots:
                found.setdefault(spot, self._guilty(spot, reason, counted.get(spot, 0), fault["values"]))
        for alarm in part.alarms:
            for spot in _spots(alarm):
                found.setdefault(spot, self._guilty(spot, alarm["told"], alarm.get("rows", 0), []))
        return list(found.values())

    def _guilty(self, spot: Spot, reason: str, rows: int, values: Sequence[Any]) -> GuiltyFeature:
        _, tensor, index = spot
        return GuiltyFeature(
            tensor, self._name(spot), max(index, 0), reason, rows, list(values)[:5], self._reference(spot)
        )

    def _name(self, spot: Spot) -> str:
        place = self._place(spot)
        return spot[1] if place is None else self.names[spot[:2]][place]

    def _place(self, spot: Spot) -> int | None:
        """The feature's number among those that are watched; None of a whole tensor."""
        side, tensor, index = spot
        for layout in self.profile.tensors:
            if (layout.side, layout.name) == (side, tensor):
                return next((i for i, one in enumerate(layout.index.tolist()) if one == index), None)
        return None

    def _reference(self, spot: Spot) -> dict[str, float] | None:
        place = self._place(spot)
        layout = next(one for one in self.profile.tensors if (one.side, one.name) == spot[:2])
        if place is None or layout.text:
            return None
        moments = layout.moments
        return {
            "min": float(moments.minimum[place]),
            "max": float(moments.maximum[place]),
            "mean": float(moments.mean[place]),
        }

    def _evidence(self, part: Part) -> Iterable[Evidence]:
        """Nothing is replayed for drift: what was measured stands in the notes."""
        for fault in part.faults:
            name = _listed([self._name(spot) for spot in spots_of(fault)])
            yield Evidence(fault["kind"], 0, 0, f"{name}: {fault['detail']}")
        for alarm in part.alarms:
            yield Evidence(alarm["kind"], 0, 0, f"{self._name(spot_of(alarm))}: {alarm['told']}")


def _spots(told: Json) -> list[Spot]:
    """The features of a fault or of an alarm."""
    return spots_of(told) if "features" in told else [spot_of(one) for one in told.get("movers", [told])]


def _remedy(fault: Json) -> Remedy:
    remedy = fault["remedy"]
    name = REMEDY_IDS.get(fault["kind"], str(fault["kind"]))
    return Remedy(name, remedy["title"], fault["detail"], remedy["code"])


def _advice(part: Part) -> list[Remedy]:
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
