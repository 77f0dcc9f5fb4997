"""More of the same fault never weakens an alarm: more rows, a larger effect, more hours."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nantrace.drift.alarms.chernoff_bounds import rate_evidence
from nantrace.drift.alarms.integrity import integrity
from nantrace.drift.alarms.persistent_missing import PersistentMissing, judge_persistent
from nantrace.drift.alarms.two_samples import compare
from nantrace.drift.blocks import BLOCKS, at_length
from tests.drift.alarms_traffic import Rows, clustered, independent, profile_of, tensors, window_of

ORDERS = ["independent", "clustered", "shuffled", "sorted"]
counts = st.integers(1, 100_000)


def number(value: float) -> Any:
    return np.array(float(value))


def reference(order: str, rows: int = 4000) -> Rows:
    values = clustered(0, rows) if order in ("clustered", "shuffled") else independent(0, rows)
    if order == "shuffled":
        return np.random.default_rng(0).permutation(values)
    return np.sort(values, axis=0) if order == "sorted" else values


PROFILES = {order: profile_of(reference(order)) for order in ORDERS}


@given(st.floats(0, 1), st.floats(0, 1), counts, counts, st.floats(0, 1), st.integers(2, 1000))
def test_more_cells_at_one_rate_are_never_less_evidence(
    rate: float, usual: float, cells: int, known: int, alike: float, times: int
) -> None:
    """Also where they resemble each other: of an intraclass correlation their effect is 1 + (n - 1) of it."""

    def evidence(n: int) -> float:
        effect = 1 + (n - 1) * alike
        return float(rate_evidence(number(rate * n), number(n), number(usual * known), number(known), effect))

    assert evidence(cells * times) >= evidence(cells) * (1 - 1e-9) - 1e-9


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), counts, counts)
def test_a_rate_further_away_is_never_less_evidence(
    usual: float, near: float, further: float, cells: int, known: int
) -> None:
    rate = usual + (1 - usual) * near
    away = rate + (1 - rate) * further
    less, more = (
        float(rate_evidence(number(one * cells), number(cells), number(usual * known), number(known)))
        for one in (rate, away)
    )
    assert more >= less * (1 - 1e-9) - 1e-6


@given(
    st.lists(st.floats(1, 1e6), min_size=len(BLOCKS), max_size=len(BLOCKS)),
    st.floats(1, 1e6),
    st.floats(1, 1e9),
    st.floats(1, 1e3),
)
def test_more_cells_never_count_as_fewer(statistics: list[float], known: float, cells: float, times: float) -> None:
    few, many = (
        one / float(at_length(np.array([statistics]), np.array([known]), np.array([one]))[0])
        for one in (cells, cells * times)
    )
    assert many >= few * (1 - 1e-6)


@pytest.mark.parametrize("order", ORDERS)
@settings(max_examples=15)
@given(st.integers(20, 200), st.floats(0.1, 1), st.integers(2, 30))
def test_the_same_missing_cells_again_leave_no_alarm_out(order: str, rows: int, share: float, times: int) -> None:
    profile, hour = PROFILES[order], independent(1, rows)
    hour[: round(share * rows), 2] = np.nan
    window = window_of(profile, hour)
    few, many = (integrity(profile, profile.total([window] * number)) for number in (1, times))
    assert {(one.kind, one.feature) for one in few} <= {(one.kind, one.feature) for one in many}


@pytest.mark.parametrize("order", ORDERS)
@settings(max_examples=10)
@given(st.integers(20, 3000), st.floats(1, 1e6))
def test_rows_outside_all_that_the_reference_holds_alarm_at_any_number_and_distance(
    order: str, rows: int, ranges: float
) -> None:
    profile, current = PROFILES[order], clustered(1, rows)
    low, high = profile.tensors[0].moments.minimum[3], profile.tensors[0].moments.maximum[3]
    current[:, 3] += high - current[:, 3].min() + ranges * (high - low)
    assert any(one.feature.index == 3 for one in compare(profile, tensors(current)).integrity)


@settings(max_examples=10)
@given(st.integers(30, 300), st.floats(0.05, 1))
def test_an_alarm_over_hours_stays_while_they_hold_the_same(rows: int, share: float) -> None:
    profile, hour = PROFILES["independent"], independent(1, rows)
    hour[: max(round(share * rows), 1), 2] = np.nan
    window, state, alarmed = window_of(profile, hour), PersistentMissing(), False
    for _ in range(60):
        state, alarms = judge_persistent(state, profile, window)
        assert alarms or not alarmed
        alarmed = bool(alarms)
    assert alarmed
