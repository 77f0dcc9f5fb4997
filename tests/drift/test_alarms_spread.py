"""What the spread of one window shows of its clusters."""

import numpy as np
import pytest

from nantrace.drift.alarms.spread import clustering_within, quartile_ratio, variance_ratio
from tests.drift.alarms_traffic import Rows, independent, profile_of, window_of

PROFILE = profile_of(independent(0, 10_000, 2))


def of_first(measure: object, rows: Rows) -> float:
    window = window_of(PROFILE, rows)
    assert callable(measure)
    return float(measure(PROFILE.tensors[0], window.tensors[0], PROFILE.reference.tensors[0])[0])


@pytest.mark.parametrize("by", [0.0, 1.0, 3.0, 6.0, 100.0])
def test_moved_rows_are_as_spread_as_the_reference(by: float) -> None:
    assert of_first(clustering_within, independent(1, 1000, 2) + by) < 0.35


@pytest.mark.parametrize("by", [0.0, 1.0, 3.0, 6.0])
def test_rows_that_resemble_each_other_are_a_cluster(by: float) -> None:
    assert of_first(clustering_within, independent(1, 1000, 2) / 10 + by) > 0.8


def test_another_scale_is_no_cluster() -> None:
    assert of_first(clustering_within, independent(1, 1000, 2) * 1000) == 0


def test_the_quartiles_do_not_see_a_few_rows_far_away_and_the_variance_does() -> None:
    rows = independent(1, 1000, 2) / 10
    rows[:80] += 20
    assert of_first(quartile_ratio, rows) < 0.3
    assert of_first(variance_ratio, rows) > 1


@pytest.mark.parametrize("value", [0.0, -1e300, np.nan, np.inf])
def test_degenerate_windows_are_answered(value: float) -> None:
    assert 0 <= of_first(clustering_within, np.full((5, 2), value)) <= 1
