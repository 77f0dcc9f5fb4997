"""Alarms as the strict JSON that is stored with an hour; `told` is the sentence for people."""

from collections.abc import Sequence
from typing import Any

from nantrace.drift.alarms.integrity import IntegrityAlarm, IntegrityKind
from nantrace.drift.alarms.jump import Jump
from nantrace.drift.alarms.persistent_missing import PersistentAlarm
from nantrace.drift.alarms.shape import Mover
from nantrace.drift.alarms.two_samples import MovedFeature

Json = dict[str, Any]

SEEN = {
    IntegrityKind.MISSING: "of its values are missing",
    IntegrityKind.NAN: "of its values are NaN",
    IntegrityKind.INFINITE: "of its values are infinite",
    IntegrityKind.OUT_OF_RANGE: "of its values lie outside the reference's range",
    IntegrityKind.UNSEEN_CATEGORY: "of its values are unknown to the reference",
}


def integrity_document(alarm: IntegrityAlarm) -> Json:
    if alarm.kind is IntegrityKind.TYPE:
        return _rates(alarm, f"{alarm.cells:,} rows came in another width or type than the reference")
    return _rates(alarm, f"{_seen(alarm)}; the reference {_percent(alarm.reference_rate)}")


def persistent_document(found: PersistentAlarm) -> Json:
    """Of cells that the reference always fills."""
    sentence = f"{_seen(found.alarm)} over {found.windows} hours; the reference never"
    return {**_rates(found.alarm, sentence), "hours": found.windows}


def missing_rank_document(rise: IntegrityAlarm) -> Json:
    alarm = integrity_document(rise)
    return {**alarm, "hours": 1, "told": f"{alarm['told']}, and the last hours more than past hours had"}


def jump_document(one: Jump | MovedFeature) -> Json:
    sentence = f"its distribution is {one.distance:.2f} away from the reference's (Kolmogorov-Smirnov distance, 0 to 1)"
    return {
        "kind": "jump",
        **one.feature.as_json(),
        "distance": one.distance,
        "bound": one.bound,
        "told": sentence,
    }


def shape_document(movers: Sequence[Mover]) -> Json:
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


def _seen(alarm: IntegrityAlarm) -> str:
    return f"{_percent(alarm.rate)} {SEEN[alarm.kind]}"


def _percent(share: float) -> str:
    return "<0.1%" if 0 < share < 0.001 else f"{share:.1%}"
