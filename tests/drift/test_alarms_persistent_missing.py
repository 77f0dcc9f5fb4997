"""A few missing cells in every hour, of a feature that never had any."""

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nantrace.drift.alarms.persistent_missing import PersistentMissing, judge_persistent
from nantrace.drift.profile import Profile
from tests.drift.alarms_traffic import Rows, independent, profile_of, window_of

PROFILE = profile_of(independent(0, 2000))
ROWS = 50


def hour(seed: int, share: float, rows: int = ROWS) -> Rows:
    values = independent(seed + 1, rows)
    values[np.random.default_rng(seed).random(rows) < share, 2] = np.nan
    return values


def first_alarm(profile: Profile, hours: list[Rows]) -> int | None:
    """The number of the hour, counted from 1."""
    state = PersistentMissing()
    for number, rows in enumerate(hours, start=1):
        state, alarms = judge_persistent(state, profile, window_of(profile, rows))
        if alarms:
            assert [one.alarm.feature.index for one in alarms] == [2]
            return number
    return None


def test_it_works() -> None:
    found = [first_alarm(PROFILE, [hour(100 * seed + n, 0.05) for n in range(24)]) for seed in range(9)]
    assert all(number is not None and number <= 12 for number in found)
    assert np.median([number or 99 for number in found]) <= 5


def test_a_single_missing_cell_now_and_then_is_silent() -> None:
    hours = [independent(n, ROWS) for n in range(60)]
    for rows in hours[::20]:
        rows[0, 2] = np.nan
    assert first_alarm(PROFILE, hours) is None


def test_features_that_have_gaps_in_the_reference_are_left_out() -> None:
    rows = independent(0, 2000)
    rows[::200, 2] = np.nan
    assert first_alarm(profile_of(rows), [hour(n, 0.2) for n in range(10)]) is None


def test_a_run_ends_when_its_rate_no_longer_matters() -> None:
    state, _ = judge_persistent(PersistentMissing(), PROFILE, window_of(PROFILE, hour(0, 0.05)))
    assert state.runs
    for seed in range(20):
        state, alarms = judge_persistent(state, PROFILE, window_of(PROFILE, hour(seed, 0.0)))
        assert not alarms  # the last hours have none
    assert not state.runs


@given(st.lists(st.integers(0, 3), max_size=6))
def test_the_state_survives_json(missing: list[int]) -> None:
    state = PersistentMissing()
    for number in missing:
        rows = independent(1, ROWS)
        rows[:number, 2] = np.nan
        state, _ = judge_persistent(state, PROFILE, window_of(PROFILE, rows))
    assert PersistentMissing.from_json(json.loads(json.dumps(state.to_json(), allow_nan=False))) == state


def test_rates_too_rare_to_be_in_the_reference_alarm_within_the_budget() -> None:
    """One cell in ten thousand: the reference of 2,000 rows mostly has none."""
    hours = 60
    found = [first_alarm(PROFILE, [hour(1000 * seed + n, 1e-4) for n in range(hours)]) for seed in range(10)]
    assert not any(found)
