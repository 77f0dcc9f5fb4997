"""What the alarms and the named faults say about some rows, as the strict JSON that is stored and answered."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from nantrace.drift.alarms.deviations import Place
from nantrace.drift.alarms.integrity import IntegrityAlarm, integrity
from nantrace.drift.alarms.jump import Jump
from nantrace.drift.alarms.missing_rank import GapsState, gaps
from nantrace.drift.alarms.persistent_missing import Lasting, LastingAlarm, lasting
from nantrace.drift.alarms.shape import Mover, ShapeState, ShapeVerdict, judge
from nantrace.drift.alarms.two_samples import Decision, Moved
from nantrace.drift.faults import name_faults
from nantrace.drift.feature_list import Spot
from nantrace.drift.profile import Profile
from nantrace.drift.window import Window
from nantrace.tensors.strict_json import strict
from nantrace.tensors.tensor import Tensors

MOST_ALARMS = 200
SHAPE_KINDS = ("jump", "shape")
SELF_EXPLANATORY = ("missing", "nan", "infinite", "type")  # no transform of the values makes these
LIKELY = 0.5
MOVERS_TOLD = 5  # of an alarm that the whole window raised

Json = dict[str, Any]


def integrity_alarms(profile: Profile, window: Window) -> list[Json]:
    """What can be said at once, from the counts of an hour that may still run."""
    return [_integrity(alarm) for alarm in integrity(profile, window)[:MOST_ALARMS]]


def shape_alarms(
    state: Json, profile: Profile, window: Window, *, hour_of_week: int, seed: int, told: Sequence[Json]
) -> tuple[Json, list[Json], Json]:
    """What can be said once an hour is over: the alarms' new memory, the alarms, and the score behind them.

    `told`: the integrity alarms of the hour, whose features need no other. An alarm on rates that rests on more hours
    than this one says on how many.
    """
    places = [Place(one["side"], one["input"], one["index"]) for one in told]
    runs, lasted = lasting(Lasting.from_json(state.get("lasting", [])), profile, window)
    found = [_lasting(one) for one in lasted if one.alarm.place not in places]
    places += [one.alarm.place for one in lasted]
    past = GapsState.from_json(state.get("gaps", {}))
    ranked, rise = gaps(past, profile, window, hour_of_week, seed=seed, told=places)
    found += [_gaps(rise)] if rise else []
    after, verdict = judge(ShapeState.from_json(state), profile, window, hour_of_week, seed=seed, told=places)
    alarms = [_jump(one) for one in verdict.jumps[:MOST_ALARMS]]
    if verdict.alarm and verdict.movers and not alarms:
        alarms = [_shape(verdict.movers[:MOVERS_TOLD])]
    memory = {**after.to_json(), "lasting": runs.to_json(), "gaps": ranked.to_json()}
    return strict(memory), [*found[:MOST_ALARMS], *alarms], strict(_score(verdict))


def told_when_over(alarm: Json) -> bool:
    """Whether an alarm rests on the memory of past hours, and is not made again from the counts of its hour."""
    return alarm["kind"] in SHAPE_KINDS or "hours" in alarm


def alarms_of(decision: Decision) -> list[Json]:
    """What is said of one file of rows, without any past hour."""
    alarms = [_integrity(one) for one in decision.integrity[:MOST_ALARMS]]
    told: list[Json] = strict([*alarms, *(_jump(one) for one in decision.moved[:MOST_ALARMS])])
    return told


def named_faults(profile: Profile, rows: Tensors, metadata: Mapping[str, Any], alarms: Iterable[Json]) -> list[Json]:
    """The faults of some rows, the most certain first: those that explain an alarm, and those likelier than not.

    Rows that came together resemble each other, and a few dozen of them can look like many a fault.
    """
    with np.errstate(all="ignore"):
        faults = name_faults(profile, rows, metadata.get("preprocessing"))
    unexplained = alarms_by_spot(alarm for alarm in alarms if alarm["kind"] not in SELF_EXPLANATORY)
    return [
        strict(
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
                "lines": [list(line) for line in fault.lines],
                "remedy": {"title": fault.remedy.title, "code": fault.remedy.code},
            }
        )
        for fault in faults[:MOST_ALARMS]
        if fault.confidence >= LIKELY or any(("inputs", fault.input, index) in unexplained for index in fault.features)
    ]


def alarms_by_spot(alarms: Iterable[Json]) -> dict[Spot, list[Json]]:
    """Alarms of each feature, the last of a kind; those of a whole tensor have the place -1."""
    found: dict[Spot, dict[str, Json]] = {}
    for alarm in alarms:
        for one in alarm.get("movers", [alarm]):
            found.setdefault((one["side"], one["input"], one["index"]), {})[alarm["kind"]] = alarm
    return {spot: list(kinds.values()) for spot, kinds in found.items()}


def faults_by_spot(faults: Iterable[Json]) -> dict[Spot, list[Json]]:
    """Faults of each feature, the last of a kind."""
    found: dict[Spot, dict[str, Json]] = {}
    for fault in faults:
        for index in fault["features"]:
            found.setdefault(("inputs", fault["input"], index), {})[fault["kind"]] = fault
    return {spot: list(kinds.values()) for spot, kinds in found.items()}


def with_verdicts(documents: Iterable[Json], alarms: Iterable[Json], faults: Iterable[Json]) -> list[Json]:
    """Documents of features with the alarms and faults that are told of them."""
    alarmed, faulty = alarms_by_spot(alarms), faults_by_spot(faults)
    told = []
    for document in documents:
        side, tensor, index = document["side"], document["input"], document["index"]
        of_feature = [*alarmed.get((side, tensor, index), []), *alarmed.get((side, tensor, -1), [])]
        named = faulty.get((side, tensor, index), [])
        told.append(
            {
                **document,
                "alarms": [{"kind": one["kind"], "detail": one["told"]} for one in of_feature],
                "faults": [{name: one[name] for name in ("kind", "detail", "confidence")} for one in named],
            }
        )
    return told


def _integrity(alarm: IntegrityAlarm) -> Json:
    told = f"{_percent(alarm.rate)} {TOLD[alarm.kind.value]}; the reference {_percent(alarm.reference_rate)}"
    if alarm.kind.value == "type":
        told = f"{alarm.cells:,} rows {TOLD['type']}"
    return {
        "kind": alarm.kind.value,
        **_place(alarm.place),
        "rows": alarm.cells,
        "rate": alarm.rate,
        "reference_rate": alarm.reference_rate,
        "bound": alarm.bound,
        "told": told,
    }


def _lasting(found: LastingAlarm) -> Json:
    alarm = _integrity(found.alarm)
    told = f"{alarm['told'].removesuffix('; the reference 0.0%')} over {found.windows} hours; the reference never"
    return {**alarm, "hours": found.windows, "told": told}


def _gaps(rise: IntegrityAlarm) -> Json:
    alarm = _integrity(rise)
    return {**alarm, "hours": 1, "told": f"{alarm['told']}, and the last hours more than past hours had"}


TOLD = {
    "missing": "of its values are missing",
    "nan": "of its values are NaN",
    "infinite": "of its values are infinite",
    "out_of_range": "of its values lie outside the reference's range",
    "unseen_category": "of its values are unknown to the reference",
    "type": "came in another width or type than the reference",
}


def _jump(one: Jump | Moved) -> Json:
    told = f"its distribution is {one.distance:.2f} away from the reference's (Kolmogorov-Smirnov distance, 0 to 1)"
    return {"kind": "jump", **_place(one.place), "distance": one.distance, "bound": one.bound, "told": told}


def _shape(movers: Sequence[Mover]) -> Json:
    """A window of which only the whole is too far from what past windows were."""
    told = "the hours since the last alarm deviate more than past hours did, most of all here"
    return {
        "kind": "shape",
        **_place(movers[0].place),
        "distance": movers[0].distance,
        "movers": [{**_place(one.place), "times": one.times, "distance": one.distance} for one in movers],
        "told": told,
    }


def _score(verdict: ShapeVerdict) -> Json:
    return {"score": verdict.score, "p": verdict.p, "evidence": verdict.evidence}


def _place(place: Place) -> Json:
    return {"side": place.side, "input": place.name, "index": place.index}


def _percent(share: float) -> str:
    return "<0.1%" if 0 < share < 0.001 else f"{share:.1%}"
