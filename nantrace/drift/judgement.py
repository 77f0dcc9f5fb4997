"""What the alarms and the named faults say about some rows, as the strict JSON that is stored and answered.

The key `told` of an alarm holds the sentence for people.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from nantrace.drift.alarms.budget import CERTAIN
from nantrace.drift.alarms.integrity import IntegrityAlarm, IntegrityKind, integrity
from nantrace.drift.alarms.jump import Jump
from nantrace.drift.alarms.missing_rank import MissingRankState, rank_missing
from nantrace.drift.alarms.persistent_missing import PersistentAlarm, PersistentMissing, judge_persistent
from nantrace.drift.alarms.shape import Mover, ShapeState, judge
from nantrace.drift.alarms.two_samples import Decision, MovedFeature
from nantrace.drift.faults import Fault, name_faults
from nantrace.drift.profile import Profile
from nantrace.drift.window import Window
from nantrace.feature import FeatureKey
from nantrace.tensors.strict_json import strict
from nantrace.tensors.tensor import Tensors

MOST_ALARMS = 200
SHAPE_KINDS = ("jump", "shape")
SELF_EXPLANATORY = (IntegrityKind.MISSING, IntegrityKind.NAN, IntegrityKind.INFINITE, IntegrityKind.TYPE)
"""No transform of the values makes these."""
LIKELY = 0.5
ONLY_BY_MISTAKE = ("unit_change", "unscaled", "scaled_twice", "swapped", "sign_flip", "sentinel")
"""Faults that no other season or customer looks like, as it may look constant, clipped, filled or shifted."""
MOST_MOVERS = 5  # of an alarm that the whole window raised

Json = dict[str, Any]

RATE_CLAUSES = {
    IntegrityKind.MISSING: "of its values are missing",
    IntegrityKind.NAN: "of its values are NaN",
    IntegrityKind.INFINITE: "of its values are infinite",
    IntegrityKind.OUT_OF_RANGE: "of its values lie outside the reference's range",
    IntegrityKind.UNSEEN_CATEGORY: "of its values are unknown to the reference",
}


def integrity_alarms(profile: Profile, window: Window) -> list[Json]:
    """What can be said at once, from the counts of an hour that may still run."""
    return [_integrity_document(alarm) for alarm in integrity(profile, window)[:MOST_ALARMS]]


def shape_alarms(
    state: Json, profile: Profile, window: Window, *, hour_of_week: int, seed: int, known: Sequence[Json]
) -> tuple[Json, list[Json], Json]:
    """What can be said once an hour is over: the alarms' new memory, the alarms, and the score behind them.

    `known`: the integrity alarms of the hour, whose features need no other. An alarm on rates that rests on more hours
    than this one says on how many.
    """
    alarmed = {FeatureKey.from_json(one) for one in known}
    runs, persistent = judge_persistent(PersistentMissing.from_json(state.get("lasting", [])), profile, window)
    found = [_persistent_document(one) for one in persistent if one.alarm.feature not in alarmed]
    alarmed |= {one.alarm.feature for one in persistent}
    past = MissingRankState.from_json(state.get("gaps", {}))
    ranked, rise = rank_missing(past, profile, window, hour_of_week, seed=seed, alarmed=alarmed)
    found += [_missing_rank_document(rise)] if rise else []
    after, verdict = judge(ShapeState.from_json(state), profile, window, hour_of_week, seed=seed, alarmed=alarmed)
    alarms = [_jump_document(one) for one in verdict.jumps[:MOST_ALARMS]]
    if verdict.alarm and verdict.movers and not alarms:
        alarms = [_shape_document(verdict.movers[:MOST_MOVERS])]
    memory = {**after.to_json(), "lasting": runs.to_json(), "gaps": ranked.to_json()}
    score = {"score": verdict.score, "p": verdict.p, "evidence": verdict.evidence}
    return strict(memory), [*found[:MOST_ALARMS], *alarms], strict(score)


def needs_whole_hour(alarm: Json) -> bool:
    """Whether an alarm rests on the memory of past hours, and is not made again from the counts of its hour."""
    return alarm["kind"] in SHAPE_KINDS or "hours" in alarm


def alarms_of(decision: Decision) -> list[Json]:
    """The alarms on one file of rows, without any past hour."""
    rates = [_integrity_document(one) for one in decision.integrity[:MOST_ALARMS]]
    alarms: list[Json] = strict([*rates, *(_jump_document(one) for one in decision.moved[:MOST_ALARMS])])
    return alarms


def named_faults(profile: Profile, rows: Tensors, metadata: Mapping[str, Any], alarms: Iterable[Json]) -> list[Json]:
    """The faults of some rows, the most certain first: those that explain an alarm, and those likelier than not.

    Rows that came together resemble each other, and a few dozen of them can look like many a fault.
    """
    with np.errstate(all="ignore"):
        faults = name_faults(profile, rows, metadata)
    unexplained = alarms_by_feature(alarm for alarm in alarms if alarm["kind"] not in SELF_EXPLANATORY)
    documents = [_fault_document(fault) for fault in faults[:MOST_ALARMS]]
    return [
        one for one in documents if one["confidence"] >= LIKELY or any(key in unexplained for key in features_of(one))
    ]


def fault_alarms(faults: Iterable[Json], alarms: Iterable[Json]) -> list[Json]:
    """The alarms that named faults are by themselves: nearly certain mistakes, of features without any other alarm."""
    alarmed = alarms_by_feature(alarms)
    sure = [fault for fault in faults if fault["confidence"] >= CERTAIN]
    certain = [fault for fault in sure if fault["kind"] in ONLY_BY_MISTAKE or fault.get("unprecedented")]
    return [_fault_alarm(fault) for fault in certain if not any(key in alarmed for key in features_of(fault))]


def _fault_alarm(fault: Json) -> Json:
    known = {name: fault[name] for name in ("input", "index", "features", "confidence")}
    return {"kind": "fault", "side": "inputs", **known, "fault": fault["kind"], "told": fault["detail"]}


def _fault_document(fault: Fault) -> Json:
    document: Json = strict(
        {
            "kind": fault.kind,
            "input": fault.input,
            "index": fault.index,
            "features": list(fault.features),
            "detail": fault.detail,
            "confidence": fault.confidence,
            "share": fault.share,
            "values": list(fault.values),
            "factor": fault.factor,
            "unprecedented": fault.unprecedented,
            "lines": [list(line) for line in fault.lines],
            "remedy": {"title": fault.remedy.title, "code": fault.remedy.code},
        }
    )
    return document


def alarms_by_feature(alarms: Iterable[Json]) -> dict[FeatureKey, list[Json]]:
    """Alarms of each feature, the last of a kind; those of a whole tensor have the index WHOLE_TENSOR."""
    found: dict[FeatureKey, dict[str, Json]] = {}
    for alarm in alarms:
        for key in features_of(alarm):
            found.setdefault(key, {})[alarm["kind"]] = alarm
    return {key: list(kinds.values()) for key, kinds in found.items()}


def faults_by_feature(faults: Iterable[Json]) -> dict[FeatureKey, list[Json]]:
    """Faults of each feature, the last of a kind."""
    found: dict[FeatureKey, dict[str, Json]] = {}
    for fault in faults:
        for key in features_of(fault):
            found.setdefault(key, {})[fault["kind"]] = fault
    return {key: list(kinds.values()) for key, kinds in found.items()}


def features_of(stored: Json) -> list[FeatureKey]:
    """The features of a stored fault, which are features of an input, or of a stored alarm."""
    if "features" in stored:
        return [FeatureKey("inputs", stored["input"], index) for index in stored["features"]]
    return [FeatureKey.from_json(one) for one in stored.get("movers", [stored])]


def with_judgement(documents: Iterable[Json], alarms: Iterable[Json], faults: Iterable[Json]) -> list[Json]:
    """Documents of features, each with its alarms and faults."""
    alarmed, faulty = alarms_by_feature(alarms), faults_by_feature(faults)
    complete = []
    for document in documents:
        key = FeatureKey.from_json(document)
        own = [*alarmed.get(key, []), *alarmed.get(key.whole_tensor, [])]
        named = faulty.get(key, [])
        complete.append(
            {
                **document,
                "alarms": [{"kind": one["kind"], "detail": one["told"]} for one in own],
                "faults": [{name: one[name] for name in ("kind", "detail", "confidence")} for one in named],
            }
        )
    return complete


def _integrity_document(alarm: IntegrityAlarm) -> Json:
    if alarm.kind is IntegrityKind.TYPE:
        return _rates(alarm, f"{alarm.cells:,} rows came in another width or type than the reference")
    return _rates(alarm, f"{_rate_clause(alarm)}; the reference {_percent(alarm.reference_rate)}")


def _persistent_document(found: PersistentAlarm) -> Json:
    """Of cells that the reference always fills."""
    sentence = f"{_rate_clause(found.alarm)} over {found.windows} hours; the reference never"
    return {**_rates(found.alarm, sentence), "hours": found.windows}


def _missing_rank_document(rise: IntegrityAlarm) -> Json:
    alarm = _integrity_document(rise)
    return {**alarm, "hours": 1, "told": f"{alarm['told']}, and the last hours more than past hours had"}


def _jump_document(one: Jump | MovedFeature) -> Json:
    sentence = f"its distribution is {one.distance:.2f} away from the reference's (Kolmogorov-Smirnov distance, 0 to 1)"
    return {
        "kind": "jump",
        **one.feature.as_json(),
        "distance": one.distance,
        "bound": one.bound,
        "told": sentence,
    }


def _shape_document(movers: Sequence[Mover]) -> Json:
    """A window of which only the whole is too far from what past windows were."""
    return {
        "kind": "shape",
        **movers[0].feature.as_json(),
        "distance": movers[0].distance,
        "movers": [{**one.feature.as_json(), "times": one.times, "distance": one.distance} for one in movers],
        "told": "the hours since the last alarm deviate more than past hours did, most of all here",
    }


def _rates(alarm: IntegrityAlarm, sentence: str) -> Json:
    return {
        "kind": alarm.kind.value,
        **alarm.feature.as_json(),
        "rows": alarm.cells,
        "rate": alarm.rate,
        "reference_rate": alarm.reference_rate,
        "bound": alarm.bound,
        "told": sentence,
    }


def _rate_clause(alarm: IntegrityAlarm) -> str:
    return f"{_percent(alarm.rate)} {RATE_CLAUSES[alarm.kind]}"


def _percent(share: float) -> str:
    return "<0.1%" if 0 < share < 0.001 else f"{share:.1%}"
