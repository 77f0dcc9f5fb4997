"""Which cause explains which alarm."""

from collections.abc import Sequence
from typing import Any

from monitoring.drift_hours.findings import explain

INPUTS, OUTPUTS = "inputs", "outputs"


def alarm(kind: str, index: int, side: str = INPUTS) -> dict[str, Any]:
    return {"kind": kind, "side": side, "input": side, "index": index}


def mover(index: int, times: float, side: str = INPUTS) -> dict[str, Any]:
    return {"side": side, "input": side, "index": index, "times": times}


def shape(*movers: dict[str, Any]) -> dict[str, Any]:
    """An alarm that the whole hour raised; the worst feature comes first."""
    return {**movers[0], "kind": "shape", "movers": list(movers)}


def fault(kind: str, *features: int, values: Sequence[float] = ()) -> dict[str, Any]:
    return {"kind": kind, "input": "inputs", "features": list(features), "values": list(values)}


def explained(alarms: list[dict[str, Any]], *faults: dict[str, Any]) -> list[tuple[str | None, list[str], list[str]]]:
    return [
        (part.cause, [one["kind"] for one in part.faults], [one["kind"] for one in part.alarms])
        for part in explain(alarms, faults)
    ]


def test_a_fault_explains_the_alarms_of_its_features_and_the_outputs_follow() -> None:
    alarms = [alarm("out_of_range", 0), alarm("jump", 1), alarm("jump", 0, "outputs")]
    assert explained(alarms, fault("unscaled", 0, 1)) == [
        ("input_unscaled", ["unscaled"], ["out_of_range", "jump", "jump"]),
    ]


def test_missing_values_are_missing_whatever_their_neighbours_look_like() -> None:
    """The values that are left of a feature can look like another unit when they are few."""
    assert explained([alarm("nan", 3)], fault("unit_change", 3)) == [("input_missing", [], ["nan"])]


def test_a_fault_of_a_quiet_feature_explains_nothing() -> None:
    assert explained([alarm("out_of_range", 0)], fault("unit_change", 5)) == [(None, [], ["out_of_range"])]


def test_what_is_stuck_at_the_same_value_is_one_fault_with_what_alarms() -> None:
    faults = [
        fault("constant", 0, values=[0.0]),
        fault("constant", 2, values=[0.0]),
        fault("constant", 3, values=[7.0]),
    ]
    assert explained([alarm("out_of_range", 0)], *faults) == [(None, ["constant", "constant"], ["out_of_range"])]


def test_two_causes_and_a_rest_without_one() -> None:
    alarms = [alarm("missing", 0), alarm("out_of_range", 1), alarm("jump", 2)]
    assert explained(alarms, fault("sentinel", 1), fault("swapped", 2, 3)) == [
        ("input_missing", ["sentinel"], ["missing", "out_of_range"]),
        (None, ["swapped"], ["jump"]),
    ]


def test_a_shape_alarm_is_explained_by_a_fault_of_one_that_moved() -> None:
    assert explained([shape(mover(4, 5.0), mover(6, 4.0))], fault("shift", 6)) == [(None, ["shift"], ["shape"])]


def test_outputs_are_blamed_only_where_inputs_did_not_move() -> None:
    for worst, blamed in ((4.0, [(INPUTS, 6)]), (1.0, [(OUTPUTS, 0), (INPUTS, 6)])):
        (part,) = explain([shape(mover(0, 5.0, OUTPUTS), mover(6, worst))], [])
        assert [(key.side, key.index) for key in part.features] == blamed
    (part,) = explain([alarm("jump", 0, OUTPUTS), alarm("jump", 3)], [])
    assert [(key.side, key.index) for key in part.features] == [(INPUTS, 3)]
    (part,) = explain([alarm("jump", 0, OUTPUTS)], [])
    assert [(key.side, key.index) for key in part.features] == [(OUTPUTS, 0)]


def test_outputs_alone_have_no_cause() -> None:
    assert explained([alarm("nan", 0, "outputs")]) == [(None, [], ["nan"])]
    assert explained([]) == []
