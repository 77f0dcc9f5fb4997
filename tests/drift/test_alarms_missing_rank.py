"""Rates of missing cells that are ranked among past hours."""

import json

import numpy as np
import pytest

from nantrace.drift.alarms.missing_rank import MissingRankState, rank_missing
from tests.drift.alarms_traffic import Rows, clustered, independent, profile_of, window_of

ROWS = 100


def with_outages(seed: int, rows: int, share: float, length: int = 50) -> Rows:
    """A feature that is missing for segments of `length` rows, a `share` of them all."""
    values = independent(seed, rows, 3)
    out = np.random.default_rng(seed).random(rows // length + 1) < share
    values[np.repeat(out, length)[:rows], 1] = np.nan
    return values


PROFILE = profile_of(np.random.default_rng(1).permutation(with_outages(0, 20_000, 0.05)))


def alarms(hours: list[Rows], state: MissingRankState | None = None) -> tuple[list[int], MissingRankState]:
    """The hours that alarm, and the state at the end."""
    state, found = state or MissingRankState(), []
    for number, rows in enumerate(hours):
        state, rise = rank_missing(state, PROFILE, window_of(PROFILE, rows), number % 168)
        if rise is not None:
            assert rise.feature.index == 1
            assert rise.rate > rise.reference_rate
            found.append(number)
    return found, state


def test_outages_that_a_shuffled_reference_does_not_show_are_silent() -> None:
    assert len(alarms([with_outages(seed, ROWS, 0.05) for seed in range(1, 400)])[0]) <= 1


def test_it_works() -> None:
    _, known = alarms([with_outages(seed, ROWS, 0.05) for seed in range(1, 200)])
    found, _ = alarms([with_outages(seed, ROWS, 1.0) for seed in range(1000, 1024)], known)
    assert found


def test_the_state_survives_json() -> None:
    _, state = alarms([with_outages(seed, ROWS, 0.05) for seed in range(1, 40)])
    assert state.rms
    assert MissingRankState.from_json(json.loads(json.dumps(state.to_json(), allow_nan=False))) == state
    assert MissingRankState.from_json({}) == MissingRankState()
    assert MissingRankState().to_json() == {}


@pytest.mark.parametrize("reference", [clustered(0, 20_000), independent(0, 5000)])
def test_an_ordered_reference_and_one_without_gaps_need_no_ranks(reference: Rows) -> None:
    profile = profile_of(reference)
    window = window_of(profile, np.full((50, 5), np.nan))
    assert rank_missing(MissingRankState(), profile, window, 0) == (MissingRankState(), None)


def test_hours_without_rows_change_nothing() -> None:
    assert rank_missing(MissingRankState(), PROFILE, PROFILE.empty_window(), 0) == (MissingRankState(), None)
