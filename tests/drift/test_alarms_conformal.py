"""Ranks, bets and their sum."""

import json
from itertools import accumulate
from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nantrace.drift.alarms.conformal import KEPT, RANKED, Conformal, autocorrelation_time, bet, stake, threshold
from tests.drift.alarms_traffic import Rows

THRESHOLD = threshold(0.8)


def alarms(scores: Rows, seed: int = 0) -> tuple[list[int], Conformal]:
    """The windows that alarm, and the state at the end."""
    state, found = Conformal(), []
    for number, score in enumerate(scores):
        state, placed = bet(state, float(score), number % 168, THRESHOLD, seed=seed)
        if placed.alarm:
            found.append(number)
    return found, state


def scores(seed: int, windows: int) -> Rows:
    return np.exp(np.random.default_rng(seed).normal(0, 0.1, windows))


def test_it_works() -> None:
    changed = scores(0, 400)
    changed[300:] *= 3
    found, _ = alarms(changed)
    assert 300 < found[0] <= 310


def test_clean_scores_alarm_less_than_once_in_thirty_days() -> None:
    months = 12
    assert sum(len(alarms(scores(seed, 720), seed)[0]) for seed in range(months)) <= months


def test_scores_that_persist_alarm_no_more_often() -> None:
    """An autoregression of weight 0.9, as of weather."""
    months = 6
    found = 0
    for seed in range(months):
        noise = np.random.default_rng(seed).normal(0, 0.1, 720)
        persistent = np.array(list(accumulate(noise, lambda last, new: 0.9 * last + new)))
        found += len(alarms(np.exp(persistent), seed)[0])
    assert found <= months


def test_rush_hours_are_usual_in_their_hour() -> None:
    """Every day at eight the score is ten times larger; the same at another hour is not usual."""
    usual = scores(0, 720)
    usual[8::24] *= 10
    assert alarms(usual)[0] == []
    unusual = usual.copy()
    unusual[600:606] *= 10
    assert alarms(unusual)[0]


def test_the_same_seed_gives_the_same_answer_and_the_state_survives_json() -> None:
    values = scores(0, 100)
    assert alarms(values)[1] == alarms(values)[1]
    assert alarms(values, seed=1)[1] != alarms(values)[1]
    state = alarms(values)[1]
    again = Conformal.from_json(json.loads(json.dumps(state.to_json(), allow_nan=False)))
    assert again == state
    assert bet(again, 1.0, 3, THRESHOLD, seed=0) == bet(state, 1.0, 3, THRESHOLD, seed=0)


def test_nothing_is_bet_before_enough_windows_are_known() -> None:
    state = Conformal()
    for hour in range(RANKED):
        state, placed = bet(state, 1.0, hour, THRESHOLD, seed=0)
        assert placed.p is None
        assert placed.total == 0


def test_an_alarm_begins_anew_and_its_window_is_not_learnt() -> None:
    state = alarms(scores(0, 100))[1]
    before = Conformal(state.windows, THRESHOLD * 100, state.past)
    after, placed = bet(before, 100.0, 4, THRESHOLD, seed=0)
    assert placed.alarm
    assert (after.total, after.windows) == (0.0, before.windows + 1)
    assert after.past == before.past


def test_the_history_is_bounded() -> None:
    _, state = alarms(scores(0, KEPT + 30))
    assert len(state.past) == KEPT
    assert len(json.dumps(state.to_json())) < 40_000


def test_equal_scores_are_ranked_at_random() -> None:
    ranks = []
    state = Conformal()
    for _ in range(400):
        state, placed = bet(state, 1.0, 0, THRESHOLD, seed=0)
        ranks += [] if placed.p is None else [placed.p]
    assert 0.4 < np.mean(ranks) < 0.6
    assert min(ranks) < 0.05
    assert max(ranks) > 0.95


def test_a_bet_pays_one_on_average() -> None:
    """Integrated over -log(p) up to 27, behind which 1/27 is left."""
    surprises, step = np.linspace(0, 27, 27_001, retstep=True)
    paid = [stake(exp(-one)) * exp(-one) for one in surprises]
    assert np.trapezoid(paid, dx=step) == pytest.approx(1 - 1 / 27, abs=0.001)


@given(st.floats(1e-12, 1), st.floats(1e-12, 1))
def test_a_smaller_rank_pays_more(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert stake(low) >= stake(high) - 1e-6


def test_the_autocorrelation_time_tells_persistence() -> None:
    calm = alarms(scores(0, 700))[1].past
    noise = np.random.default_rng(0).normal(0, 0.1, 700)
    persistent = np.exp(np.array(list(accumulate(noise, lambda last, new: 0.9 * last + new))))
    assert autocorrelation_time(calm) < 1.5
    assert autocorrelation_time(alarms(persistent)[1].past) > 5
