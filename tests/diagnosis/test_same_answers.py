"""Two answers to the same rows are the same but for rounding."""

import numpy as np
import pytest

from nantrace.tensors.same_answers import LOW_PRECISION, OTHER_PRECISION, SAME_PRECISION, Tolerance, differing_rows


@pytest.mark.parametrize("tolerance", [SAME_PRECISION, OTHER_PRECISION, LOW_PRECISION])
def test_rounding_is_no_difference_and_more_is(tolerance: Tolerance) -> None:
    answers = np.array([[1000.0, 0.0], [-3.0, 1e-9]])
    rounded, moved = 1 + tolerance.relative / 2, 1 + 3 * tolerance.relative

    assert differing_rows(answers * rounded, answers, tolerance).tolist() == [False, False]
    assert differing_rows(answers * [[moved], [1]], answers, tolerance).tolist() == [True, False]


def test_nan_is_nan_and_no_number() -> None:
    one = np.array([np.nan, np.nan, np.inf, np.inf, 1.0], np.float32)
    other = np.array([np.nan, 0.5, np.inf, -np.inf, np.nan], np.float32)

    assert differing_rows(one, other, SAME_PRECISION).tolist() == [False, True, False, True, True]


def test_whole_numbers_and_texts_must_be_equal() -> None:
    assert differing_rows(np.array([1000, 7]), np.array([1001, 7]), LOW_PRECISION).tolist() == [True, False]
    assert differing_rows(np.array(["a", "b"]), np.array(["a", "c"]), LOW_PRECISION).tolist() == [False, True]
