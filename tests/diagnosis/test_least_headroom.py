"""How close rows come to an overflow, in decades."""

import numpy as np
import pytest

from nantrace.diagnosis.headroom import least_headroom

TAPS = [
    {"layer": "a", "operation": "MatMul", "dtype": "float16"},
    {"layer": "b", "operation": "Add", "dtype": "float32"},
]
EDGE = 65504.0  # of float16


def test_it_is_that_of_the_closest_layer_over_all_rows() -> None:
    rows = np.array([[EDGE / 1000, 1.0], [EDGE / 100, 1.0]])
    assert least_headroom(TAPS, rows, ()) == pytest.approx(2.0)


@pytest.mark.parametrize(("reached", "decades"), [(EDGE, 38.53), (EDGE / 2, 38.53)])
def test_what_training_takes_as_far_is_no_news(reached: float, decades: float) -> None:
    assert least_headroom(TAPS, np.array([[reached, 1.0]]), [EDGE, 1.0]) == pytest.approx(decades, abs=0.01)


def test_what_goes_further_than_training_is() -> None:
    assert least_headroom(TAPS, np.array([[EDGE / 2, 1.0]]), [EDGE / 4, 1.0]) == pytest.approx(0.301, abs=0.001)


def test_what_is_not_finite_is_left_to_incidents() -> None:
    rows = np.array([[np.inf, np.nan], [EDGE / 1000, 0.0]])
    assert least_headroom(TAPS, rows, ()) == pytest.approx(3.0)
    assert least_headroom(TAPS, rows[:1], ()) is None
    assert least_headroom(TAPS, rows[:0], ()) is None
