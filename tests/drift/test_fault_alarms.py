"""Named faults that are alarms by themselves, and the budget that all alarms share."""

from typing import Any

import numpy as np
import pytest

from nantrace.drift.alarms.budget import CERTAIN
from nantrace.drift.comparison import compare
from nantrace.drift.judgement import fault_alarms, features_of
from tests.drift.alarms_traffic import independent, tensors

Json = dict[str, Any]


def fault(kind: str, confidence: float, *features: int) -> Json:
    known = {"input": "inputs", "index": features[0], "features": list(features)}
    return {"kind": kind, "confidence": confidence, "detail": "The sign was turned.", **known}


def alarm(feature: int) -> Json:
    return {"kind": "jump", "side": "inputs", "input": "inputs", "index": feature}


def test_a_certain_mistake_is_an_alarm_of_all_its_features() -> None:
    (found,) = fault_alarms([fault("sign_flip", CERTAIN, 2, 4)], [alarm(1)])
    assert (found["kind"], found["fault"], found["told"]) == ("fault", "sign_flip", "The sign was turned.")
    assert [key.index for key in features_of(found)] == [2, 4]


@pytest.mark.parametrize(
    ("kind", "confidence", "others"),
    [("sign_flip", CERTAIN - 0.01, []), ("shift", 0.99, []), ("constant", 0.99, []), ("sign_flip", 0.99, [alarm(4)])],
)
def test_what_is_unsure_or_may_be_a_season_or_alarmed_already_is_none(
    kind: str, confidence: float, others: list[Json]
) -> None:
    assert fault_alarms([fault(kind, confidence, 2, 4)], others) == []


@pytest.mark.parametrize("order", ["time", "shuffled", "sorted"])
def test_a_stuck_sensor_is_an_alarm_where_no_value_of_the_reference_comes_so_often(order: str) -> None:
    rows = independent(0, 2000, 2)
    known = {"time": rows, "shuffled": np.random.default_rng(0).permutation(rows), "sorted": np.sort(rows, axis=0)}
    stuck = independent(1, 30, 2)
    stuck[:, 1] = stuck[0, 1]
    (found,) = fault_alarms(compare(tensors(known[order]), tensors(stuck), {}).faults, [])
    assert (found["fault"], found["features"]) == ("constant", [1])


def test_an_hour_of_zeros_is_no_alarm_by_itself_where_the_reference_holds_many() -> None:
    rows, dry = independent(0, 2000, 2), independent(1, 200, 2)
    rows[:, 1], dry[:, 1] = np.where(rows[:, 1] < 0.5, 0.0, rows[:, 1]), 0.0
    faults = compare(tensors(rows), tensors(dry), {}).faults
    assert [one["kind"] for one in faults] == ["constant"]
    assert fault_alarms(faults, []) == []


def test_the_document_shows_the_budget_and_clean_files_stay_within_it() -> None:
    documents = [
        compare(tensors(independent(seed, 1000, 3)), tensors(independent(seed + 1, 100, 3)), {}).document()
        for seed in range(0, 100, 2)
    ]
    budget = documents[0]["budget"]
    assert budget["false_alarms"] == budget["distributions"] + budget["rates"]
    assert np.mean([one["alarm"] for one in documents]) <= budget["false_alarms"] + 0.04
