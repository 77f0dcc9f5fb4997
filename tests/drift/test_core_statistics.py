"""Statistics from windows against exact computation from rows."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from nantrace.drift.profile import Profile, take_profile
from nantrace.drift.statistics import STATISTICS, measure
from nantrace.drift.window import Window
from tests.drift.core_rows import Array, compared, counted, named

BETWEEN_0_AND_1 = ("ks", "js", "l_infinity", *(one.name for one in STATISTICS if one.name.endswith("_rate")))
RNG = np.random.default_rng(11)
NORMAL = RNG.normal(size=(4000, 1))
CHANGES: dict[str, Callable[[Array], Array]] = {
    "none": lambda x: x,
    "shifted": lambda x: x + 0.7,
    "scaled": lambda x: x * 3,
    "unit": lambda x: x * 1e6,
    "sign": lambda x: -x + 0.3,
    "clipped": lambda x: np.clip(x, -1, 1),
    "constant": lambda x: np.full_like(x, 0.01),
    "sentinel": lambda x: np.where(RNG.random(x.shape) < 0.05, -999.0, x),
    "rounded": lambda x: np.round(x * 4) / 4,
    "far": lambda x: x + 1e9,
}


@pytest.fixture(scope="module")
def exact() -> Any:
    """`scipy.stats`, which takes seconds to import: a run without these tests does not pay them."""
    from scipy import stats

    return stats


@given(counted(windows=1))
def test_ranges(made: tuple[Profile, list[Window]]) -> None:
    profile, (window,) = made

    (found,) = measure(profile, window)

    for name, values in found.items():
        assert np.isfinite(values).all(), name
        assert (values >= 0).all(), name
    for name in BETWEEN_0_AND_1:
        assert (found[name] <= 1).all(), name


@given(counted(windows=0))
def test_a_reference_does_not_differ_from_itself(made: tuple[Profile, list[Window]]) -> None:
    profile, _ = made

    (found,) = measure(profile, profile.reference)

    for name in ("psi", "ks", "js", "chi_square", "l_infinity", "out_of_range_rate", "unseen_rate"):
        assert found[name] == pytest.approx(0, abs=1e-7), name


@pytest.mark.parametrize("change", CHANGES)
def test_ks(change: str, exact: Any) -> None:
    current = CHANGES[change](RNG.normal(size=(3000, 1)))

    assert compared(NORMAL, current)["ks"][0] == pytest.approx(
        exact.ks_2samp(NORMAL[:, 0], current[:, 0]).statistic, abs=0.005
    )


@pytest.mark.parametrize("change", ["shifted", "unit", "far", "sentinel", "constant"])
def test_wasserstein(change: str, exact: Any) -> None:
    current = CHANGES[change](RNG.normal(size=(3000, 1)))
    expected = exact.wasserstein_distance(NORMAL[:, 0], current[:, 0])

    assert compared(NORMAL, current)["wasserstein"][0] == pytest.approx(expected, rel=0.02)


def test_infinities_have_no_place_in_the_mean() -> None:
    current = RNG.normal(size=(3000, 1)) + 0.5
    infinite = np.append(current, np.full((900, 1), np.inf), axis=0)

    assert compared(NORMAL, infinite)["wasserstein"][0] == pytest.approx(compared(NORMAL, current)["wasserstein"][0])


def test_wasserstein_inside_a_wide_bin(exact: Any) -> None:
    reference = np.append(np.arange(1000.0), 1e6)[:, None]

    found = compared(reference, reference[:1000] + 5e5)

    expected = exact.wasserstein_distance(reference[:, 0], reference[:1000, 0] + 5e5)
    assert found["wasserstein"][0] == pytest.approx(expected, rel=0.02)


def test_psi_and_js_of_twenty_equal_groups() -> None:
    from scipy.spatial.distance import jensenshannon

    profile = take_profile(named(np.arange(10_000.0)))
    current = np.random.default_rng(1).triangular(0, 2000, 9999, 5000)
    q = np.bincount((current // 500).astype(int), minlength=20) / 5000
    p = np.full(20, 0.05)

    (found,) = measure(profile, profile.count(named(current)))

    assert found["psi"][0] == pytest.approx(((q - p) * np.log(np.maximum(q, 1e-4) / p)).sum(), rel=0.01)
    assert found["js"][0] == pytest.approx(jensenshannon(p, q, base=2), rel=0.01)


def test_psi_of_a_handful_of_rows() -> None:
    found = compared(np.arange(4.0), np.array([0.0, 0.0, 0.0, 3.0]))

    assert found["psi"][0] == pytest.approx(0.5 * np.log(3) + 2 * (0.25 - 1e-4) * np.log(0.25 / 1e-4))


def test_psi_is_small_for_a_thousand_clean_rows() -> None:
    assert compared(NORMAL, RNG.normal(size=(1000, 1)))["psi"][0] < 0.1


def test_categories(exact: Any) -> None:
    reference, current = np.repeat([1, 2, 3], [500, 300, 200]), np.repeat([1, 2, 3, 7], [50, 30, 10, 10])

    found = compared(reference, current)

    table = np.array([[500, 300, 200, 0], [50, 30, 10, 10]])
    assert found["chi_square"][0] == pytest.approx(exact.chi2_contingency(table, correction=False).statistic)
    assert found["l_infinity"][0] == pytest.approx(0.1)
    assert found["unseen_rate"][0] == pytest.approx(0.1)


def test_numbers_between_categories_are_unseen() -> None:
    flags = np.repeat([0.0, 1.0], 50)

    assert compared(flags, [0.0, 0.5, 1.0, 1.0])["unseen_rate"][0] == 0.25


def test_texts_have_no_order() -> None:
    found = compared(["a"] * 30 + ["b"] * 70, ["a"] * 5 + ["c"] * 5)

    assert (found["ks"][0], found["wasserstein"][0], found["out_of_range_rate"][0]) == (0, 0, 0)
    assert found["l_infinity"][0] == pytest.approx(0.7)
    assert found["unseen_rate"][0] == 0.5


def test_rates() -> None:
    current: Array = np.array([np.nan, np.inf, -np.inf, 5.0, 0.5, 0.5, 0.5, 0.5])

    found = compared(np.linspace(0, 1, 100), current)

    assert (found["nan_rate"][0], found["inf_rate"][0], found["out_of_range_rate"][0]) == (1 / 8, 2 / 8, 1 / 8)
    assert (found["missing"][0], found["outside"][0]) == (1 / 8, 3 / 8)
