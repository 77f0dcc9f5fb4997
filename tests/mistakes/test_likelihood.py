"""The likelihood of rows under a reference: what holds of any law, whatever its shape."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nantrace.mistakes.histogram import of_bins, of_values
from nantrace.mistakes.line import SAME, Line

LAWS: dict[str, Callable[[Any, int], Any]] = {
    "normal": lambda random, size: random.normal(3, 2, size),
    "log-normal": lambda random, size: random.lognormal(1, 1, size),
    "heavy tails": lambda random, size: random.standard_t(2, size),
    "two humps": lambda random, size: np.where(random.random(size) < 0.4, 0, 10) + random.normal(0, 1, size),
    "zeros": lambda random, size: np.where(random.random(size) < 0.6, 0.0, random.gamma(2, 3, size)),
    "bounded": lambda random, size: np.clip(random.normal(0.5, 0.4, size), 0, 1),
}


def density(values: Any) -> Any:
    """The histogram of a hundred bins of equal mass, and of the values that come often."""
    often, counts = np.unique(values, return_counts=True)
    often = np.append(often[counts >= 0.05 * len(values)], values.max())
    marks = np.quantile(values, np.linspace(0, 1, 101))
    points = np.unique(np.concatenate([marks, often, np.nextafter(often, np.inf)]))
    mass = np.diff(np.searchsorted(np.sort(values), points)) / len(values)
    return of_bins(points, mass, np.isin(points[:-1], often))


@pytest.mark.parametrize("law", LAWS)
def test_a_density_holds_all_of_its_mass(law: str) -> None:
    """Cells that are spread evenly over everything show the integral of the density."""
    known = density(LAWS[law](np.random.default_rng(1), 5000))

    assert known.mass.sum() == pytest.approx(1.0, abs=1e-5)
    assert (known.mass > 0).all()


@settings(max_examples=60, deadline=None)
@given(
    law=st.sampled_from(sorted(LAWS)),
    factor=st.floats(1e-6, 1e6) | st.floats(-1e6, -1e-6),
    offset=st.floats(-1e6, 1e6),
)
def test_rows_are_as_likely_along_a_line_as_before_it(law: str, factor: float, offset: float) -> None:
    """But for the unit that densities are measured in."""
    random = np.random.default_rng(2)
    known, rows = density(LAWS[law](random, 4000)), np.sort(LAWS[law](random, 300))
    taken = np.sort(rows * factor + offset)

    (before,) = known.log_densities(rows, 1e-3, [SAME])
    (after,) = known.log_densities(taken, 1e-3 * abs(factor), [Line(factor, offset)])

    moved = np.abs(offset) / abs(factor) > 1e6  # digits that float64 cannot hold
    assert moved or after + np.log(abs(factor)) == pytest.approx(before, abs=0.2)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("wrong", [Line(2.0, 0.0), Line(0.5, 0.0), Line(-1.0, 0.0), Line(1.0, 5.0)])
def test_no_line_is_likelier_than_the_right_one(law: str, wrong: Line) -> None:
    random = np.random.default_rng(3)
    known, rows = density(LAWS[law](random, 4000)), np.sort(LAWS[law](random, 500))

    right, other = known.log_densities(rows, 1e-3, [SAME, wrong])

    assert right > other or (law, wrong.factor) == ("heavy tails", -1.0)  # which is symmetric


def test_a_value_between_those_of_a_category_is_unlikely() -> None:
    known = of_values(np.array([1.0, 2.0, 5.0]), np.array([0.2, 0.3, 0.5]))
    rows = np.array([1.0, 2.0, 5.0, 5.0])

    right, between = known.log_densities(rows, 1e-3, [SAME, Line(1.0, 0.4)])

    assert right - between > 5
