"""Windows add exactly: in any order, and however their rows were split."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nantrace.drift.profile import Profile, take_profile
from nantrace.drift.statistics import measure
from nantrace.drift.window import OtherProfileError, Window
from nantrace.tensors.tensor import Tensors
from tests.drift.core_rows import counted, named, tensors


@given(counted(windows=2))
def test_commutative(made: tuple[Profile, list[Window]]) -> None:
    _, (a, b) = made

    assert (a + b).to_bytes() == (b + a).to_bytes()


@given(counted(windows=3))
def test_associative(made: tuple[Profile, list[Window]]) -> None:
    _, (a, b, c) = made

    assert ((a + b) + c).to_bytes() == (a + (b + c)).to_bytes()


@given(counted(windows=1))
def test_nothing_adds_nothing(made: tuple[Profile, list[Window]]) -> None:
    profile, (window,) = made

    assert (window + profile.empty_window()).to_bytes() == window.to_bytes()


@given(tensors(), tensors(), st.integers(0, 40))
def test_split_rows(reference: Tensors, current: Tensors, at: int) -> None:
    profile = take_profile(reference)
    rows = np.arange(current.rows)

    split = profile.count(current.take(rows[:at])) + profile.count(current.take(rows[at:]))

    assert split.to_bytes() == profile.count(current).to_bytes()


def test_many_rows_split_into_single_ones() -> None:
    rng = np.random.default_rng(3)
    profile = take_profile(named(rng.normal(size=(500, 3))))
    current = named(rng.standard_cauchy((700, 3)) * 10.0 ** rng.integers(-9, 9, (700, 3)))
    rows = rng.permutation(700)

    merged = profile.total(profile.count(current.take(rows[i : i + 1])) for i in range(700))

    assert merged.to_bytes() == profile.count(current).to_bytes()


def test_the_reference_is_a_window_too() -> None:
    reference = named(np.random.default_rng(0).normal(size=(1000, 2)))

    profile = take_profile(reference)

    assert profile.reference.to_bytes() == profile.count(reference).to_bytes()


def test_windows_of_another_profile_are_refused() -> None:
    one, other = take_profile(named(np.arange(9.0))), take_profile(named(np.arange(10.0)))

    with pytest.raises(OtherProfileError, match="do not add up"):
        one.empty_window() + other.empty_window()
    with pytest.raises(OtherProfileError, match=one.identity.hex()):
        measure(other, one.empty_window())
