"""Which features make a row fail, and how many replays it takes to know."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nantrace.diagnosis.case import Mask
from nantrace.diagnosis.edit import Edit
from nantrace.diagnosis.minimal_features import minimal_features
from nantrace.tensors.tensor import Tensors
from tests.diagnosis.laboratory import NumpyLaboratory, make_case, tensors
from tests.diagnosis.networks import linear

without_deadline = settings(max_examples=50, deadline=None)
Fails = Callable[[Mask], bool]
"""Does a row fail whose features are bad where the mask says so?"""


class Replays:
    """Says which rows are cured: a cell that the edit has not touched is 1. Counts the passes."""

    def __init__(self, fails: Fails) -> None:
        self.fails, self.passes = fails, 0

    def __call__(self, rows: Tensors) -> Mask:
        self.passes += 1
        return np.array([not self.fails(row == 1) for row in rows.by_name["inputs"].values])


def found(features: int, fails: Fails) -> tuple[set[int], Replays]:
    """The minimal features of a row whose features are all suspects."""
    row = tensors(inputs=np.ones((1, features)))
    edit = Edit("impute", "", {"inputs": np.zeros((1, features))}, {"inputs": np.ones((1, features), bool)})
    case = make_case(NumpyLaboratory(linear(features)), row)
    replays = Replays(fails)
    return {index for _, index in minimal_features(case, row, edit, replays)}, replays


def any_of(responsible: set[int]) -> Fails:
    return lambda bad: bool(bad[list(responsible)].any())


def all_of(responsible: set[int]) -> Fails:
    return lambda bad: bool(bad[list(responsible)].all())


@pytest.mark.parametrize("count", range(1, 11))
def test_independent_features_among_a_thousand(count: int) -> None:
    responsible = set(np.random.default_rng(count).choice(1000, count, replace=False).tolist())

    answer, replays = found(1000, any_of(responsible))

    assert answer == responsible
    assert replays.passes <= 6


@without_deadline
@given(responsible=st.sets(st.integers(0, 63), min_size=1))
def test_independent_features_are_found_exactly(responsible: set[int]) -> None:
    assert found(64, any_of(responsible))[0] == responsible


@pytest.mark.parametrize("count", [2, 3, 5])
def test_features_that_fail_together_only(count: int) -> None:
    """To change any one of them is enough: all are equally responsible."""
    together = set(np.random.default_rng(count).choice(1000, count, replace=False).tolist())

    answer, replays = found(1000, all_of(together))

    assert answer == together
    assert replays.passes <= 40


def test_one_alone_and_two_together() -> None:
    answer, _ = found(1000, lambda bad: bool(bad[3] or (bad[17] and bad[804])))

    assert answer == {3, 17, 804}


def test_two_of_three_must_change() -> None:
    """Any two of three features make the row fail, none does alone."""
    answer, replays = found(1000, lambda bad: bad[[5, 500, 995]].sum() >= 2)

    assert len(answer) == 2
    assert answer < {5, 500, 995}
    assert replays.passes <= 60


@without_deadline
@given(pairs=st.sets(st.tuples(st.integers(0, 19), st.integers(0, 19)), min_size=1, max_size=5))
def test_the_answer_cures_and_blames_nobody_else(pairs: set[tuple[int, int]]) -> None:
    """Features that are responsible alone (a pair of one feature) and in pairs."""

    def fails(bad: Mask) -> bool:
        return any(bad[first] and bad[second] for first, second in pairs)

    answer, _ = found(20, fails)

    assert not fails(np.array([index not in answer for index in range(20)])), "to change these is enough"
    assert answer >= {first for first, second in pairs if first == second}
    assert answer <= {index for pair in pairs for index in pair}


def test_features_of_several_positions() -> None:
    """In a series (steps, channels) the channel is responsible, wherever in time it is bad."""
    row = tensors(inputs=np.ones((1, 6, 4)))
    edit = Edit("impute", "", {"inputs": np.zeros((1, 6, 4))}, {"inputs": np.ones((1, 6, 4), bool)})
    case = make_case(NumpyLaboratory(linear()), row)

    answer = minimal_features(case, row, edit, lambda rows: ~(rows.by_name["inputs"].values[:, 3, 2] == 1))

    assert answer == [("inputs", 2)]


def test_features_of_several_inputs() -> None:
    row = tensors(left=np.ones((1, 3)), right=np.ones((1, 3)))
    everything = {name: np.ones((1, 3), bool) for name in ("left", "right")}
    edit = Edit("impute", "", {name: np.zeros((1, 3)) for name in everything}, everything)
    case = make_case(NumpyLaboratory(linear()), row)

    answer = minimal_features(case, row, edit, lambda rows: ~(rows.by_name["right"].values[:, 1] == 1))

    assert answer == [("right", 1)]
