"""Shape drift from window to window."""

import json

import numpy as np
import pytest

from nantrace.drift.alarms.deviations import deviations
from nantrace.drift.alarms.shape import ShapeState, ShapeVerdict, judge
from nantrace.drift.profile import Profile
from nantrace.feature import FeatureKey
from tests.drift.alarms_traffic import Rows, clustered, independent, profile_of, window_of

PROFILE = profile_of(independent(0, 5000))
ROWS = 200


def judged(
    profile: Profile, windows: list[Rows], state: ShapeState | None = None
) -> tuple[list[ShapeVerdict], ShapeState]:
    """Verdicts and the last state."""
    state, verdicts = state or ShapeState(), []
    for hour, rows in enumerate(windows):
        state, verdict = judge(state, profile, window_of(profile, rows), hour % 168)
        verdicts.append(verdict)
    return verdicts, state


def hours(number: int, start: int = 0, rows: int = ROWS) -> list[Rows]:
    return [independent(start + hour + 1000, rows) for hour in range(number)]


def moved(by: float, feature: int, number: int, start: int = 500) -> list[Rows]:
    windows = hours(number, start)
    for rows in windows:
        rows[:, feature] += by
    return windows


def features_of(verdict: ShapeVerdict) -> list[int]:
    """The features that a verdict is about: those that jumped, or the one that moved most."""
    return [one.feature.index for one in verdict.jumps or verdict.movers[:1]] if verdict.alarm else []


KNOWN = judged(PROFILE, hours(200))[1]


def test_it_works() -> None:
    verdicts, _ = judged(PROFILE, moved(1.0, 3, 15), KNOWN)
    (first, *_) = [verdict for verdict in verdicts if verdict.alarm]
    assert first.jumps[0].feature == FeatureKey("inputs", "inputs", 3)
    verdicts, _ = judged(PROFILE, moved(0.4, 3, 15), KNOWN)
    (first, *_) = [verdict for verdict in verdicts if verdict.alarm]
    assert first.movers[0].feature == FeatureKey("inputs", "inputs", 3)
    assert first.evidence >= 1
    assert first.p is not None
    assert first.p < 0.05


def test_clean_hours_are_silent() -> None:
    verdicts, _ = judged(PROFILE, hours(200, 5000), KNOWN)
    assert not any(verdict.alarm for verdict in verdicts)


def test_the_state_survives_json_and_is_small() -> None:
    text = json.dumps(KNOWN.to_json(), allow_nan=False)
    assert ShapeState.from_json(json.loads(text)) == KNOWN
    assert ShapeState.from_json({}) == ShapeState()
    assert len(text) < 10_000


def test_a_state_stored_before_rows_were_counted_is_read() -> None:
    stored = {name: value for name, value in KNOWN.to_json().items() if name != "rows"}
    old = ShapeState.from_json(stored)
    assert old.rows == 0
    assert judge(old, PROFILE, window_of(PROFILE, hours(1, 900)[0]), 5)[0].rows > 0


def test_narrow_clean_hours_do_not_jump_once_traffic_is_known() -> None:
    """Every hour is one cluster, and the reference is shuffled."""
    profile = profile_of(np.random.default_rng(0).permutation(clustered(0, 20_000, 3)))
    verdicts, _ = judged(profile, [clustered(100 + number, 50, 3) for number in range(300)])
    assert not any(verdict.jumps for verdict in verdicts)


def test_hours_without_rows_change_nothing() -> None:
    after, verdict = judge(KNOWN, PROFILE, PROFILE.empty_window(), 5)
    assert after == KNOWN
    assert (verdict.alarm, verdict.p) == (False, None)


def test_a_feature_that_another_alarm_names_does_not_hide_the_others() -> None:
    windows = moved(1.0, 3, 15)
    for rows in windows:
        rows[:, 0] *= 1000
    state, found = KNOWN, []
    for hour, rows in enumerate(windows):
        alarmed = [FeatureKey("inputs", "inputs", 0)]
        state, verdict = judge(state, PROFILE, window_of(PROFILE, rows), hour, alarmed=alarmed)
        found += features_of(verdict)
    assert 3 in found
    assert 0 not in found


def test_a_feature_that_follows_the_clock_hides_no_other() -> None:
    """The reference is shuffled, so that nothing but past hours shows the clock."""
    clock = np.random.default_rng(1).integers(0, 24, 5000) + independent(1, 5000, 1)[:, 0] / 10
    profile = profile_of(np.column_stack([clock, independent(2, 5000, 2)]))

    def hour(number: int, by: float) -> Rows:
        rows = independent(number + 2000, ROWS, 3)
        return np.column_stack([number % 24 + rows[:, 0] / 10, rows[:, 1], rows[:, 2] + by])

    verdicts, _ = judged(profile, [hour(number, 0.0 if number < 150 else 1.0) for number in range(170)])
    first = next(number for number, verdict in enumerate(verdicts) if verdict.alarm)
    assert first >= 150
    assert features_of(verdicts[first]) == [2]


def test_windows_of_all_sizes_score_alike() -> None:
    scores = {
        rows: np.mean(
            [
                float(deviations(PROFILE, window_of(PROFILE, independent(seed, rows))).standardised.max())
                for seed in range(40)
            ]
        )
        for rows in (3, 30, 300, 3000)
    }
    assert max(scores.values()) < 2 * min(scores.values())


def test_a_first_window_that_jumped_alarms_where_the_reference_is_in_order() -> None:
    profile = profile_of(clustered(0, 10_000, 3))
    state, verdict = judge(ShapeState(), profile, window_of(profile, clustered(1, 50, 3)), 0)
    assert not verdict.alarm
    far = clustered(1, 1000, 3)
    far[:, 1] += 2
    _, verdict = judge(state, profile, window_of(profile, far), 1)
    assert [jump.feature.index for jump in verdict.jumps] == [1]
    assert verdict.alarm


def test_a_first_window_that_jumped_alarms_where_the_reference_was_shuffled() -> None:
    _, narrow = judge(ShapeState(), PROFILE, window_of(PROFILE, 1.5 + independent(1, 500) / 10), 0)
    assert not narrow.alarm  # an hour of a feature that follows the clock looks like this
    _, wide = judge(ShapeState(), PROFILE, window_of(PROFILE, independent(1, 500) + np.array([0, 2, 0, 0, 0])), 0)
    assert [jump.feature.index for jump in wide.jumps] == [1]


@pytest.mark.parametrize(
    "reference", [np.full((500, 2), np.nan), np.ones((500, 2)), np.zeros((0, 2)), np.zeros((1, 2))]
)
def test_degenerate_references_and_windows_are_answered(reference: Rows) -> None:
    profile = profile_of(reference)
    state = ShapeState()
    for rows in (reference, np.zeros((3, 2)), np.full((5, 2), np.nan), np.full((5, 2), -1e300)) * 12:
        state, verdict = judge(state, profile, window_of(profile, rows), 0)
        assert np.isfinite(verdict.score)
    json.dumps(state.to_json(), allow_nan=False)


def test_categories_are_compared_value_by_value() -> None:
    random = np.random.default_rng(0)
    profile = profile_of(random.choice(["a", "b", "c"], (5000, 1)))
    found = deviations(profile, window_of(profile, random.choice(["a", "b", "c"], (1000, 1), p=[0.2, 0.6, 0.2])))
    assert found.distance[0] == pytest.approx(0.27, abs=0.05)
    assert found.standardised[0] > 8
