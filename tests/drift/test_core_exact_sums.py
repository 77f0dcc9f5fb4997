"""Exact sums are within 2**-26 of the true ones, for any floats that are not negative."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nantrace.drift.exact_sums import ExactSums, exact_sums

SIZES = st.just(0.0) | st.floats(min_value=5e-324, allow_infinity=False, allow_nan=False)


def sums(*segments: list[float]) -> ExactSums:
    return exact_sums(np.concatenate([*map(np.array, segments)]), np.array([len(each) for each in segments]))


@given(st.lists(SIZES, min_size=1, max_size=20))
def test_near_the_true_sum(numbers: list[float]) -> None:
    exact = min(sum(map(Fraction, numbers)), Fraction(np.finfo(float).max))

    found = Fraction(float(sums(numbers).totals()[0]))

    assert abs(found - exact) <= exact * len(numbers) / 2**26 + Fraction(5e-324)


@given(st.lists(SIZES, max_size=20), st.lists(SIZES, max_size=20))
def test_parts_add_up_to_the_whole(left: list[float], right: list[float]) -> None:
    added, whole = sums(left) + sums(right), sums(left + right)

    assert np.array_equal(added.top, whole.top)
    assert np.array_equal(added.digits, whole.digits)


def test_segments_are_kept_apart() -> None:
    assert sums([1.0, 2.0], [], [2.0**900, 4.0]).totals().tolist() == [3.0, 0.0, 2.0**900]
