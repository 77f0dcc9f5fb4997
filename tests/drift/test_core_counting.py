"""The counts are those of numpy's searchsorted in the stored edges, cell by cell."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nantrace.drift.profile import take_profile
from nantrace.drift.window import TensorWindow
from nantrace.tensors.tensor import Sent, Tensor, Tensors
from tests.drift.core_rows import Array, named, rows


def bins_by_searching(edges: Array, values: Array) -> Array:
    found = [
        np.bincount(edges[i].searchsorted(column[np.isfinite(column)], side="right"), minlength=edges.shape[1] + 1)
        for i, column in enumerate(values.T.astype(np.float64))
    ]
    return np.array(found)


def counted(reference: Array, current: Array) -> tuple[Array, TensorWindow]:
    profile = take_profile(Tensors.of(Tensor("inputs", reference)))
    return profile.tensors[0].edges, profile.count(Tensors.of(Tensor("inputs", current))).tensors[0]


@given(rows(), rows())
def test_any_floats(reference: Array, current: Array) -> None:
    edges, window = counted(reference, current)

    assert np.array_equal(window.bins, bins_by_searching(edges, current))
    assert np.array_equal(window.nan, np.isnan(current).sum(axis=0))
    assert np.array_equal(window.positive_infinite, (current == np.inf).sum(axis=0))
    assert np.array_equal(window.negative_infinite, (current == -np.inf).sum(axis=0))


SHAPES: dict[str, Callable[[np.random.Generator, int], Array]] = {
    "normal": lambda rng, n: rng.normal(size=n),
    "heavy tails": lambda rng, n: rng.standard_cauchy(n) ** 3,
    "half zeros": lambda rng, n: np.where(rng.random(n) < 0.5, 0.0, rng.exponential(size=n)),
    "whole numbers": lambda rng, n: rng.poisson(40, n).astype(float),
    "large whole numbers": lambda rng, n: rng.integers(2**24, 2**24 + 99, n).astype(float),
    "tenths": lambda rng, n: np.round(rng.normal(size=n), 1),
    "subnormal": lambda rng, n: rng.normal(size=n) * 1e-310,
    "beyond float32": lambda rng, n: rng.normal(size=n) * 1e200,
    "far from zero": lambda rng, n: 1.7e9 + rng.random(n),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reference_dtype", [np.float32, np.float64])
@pytest.mark.parametrize("current_dtype", [np.float32, np.float64])
def test_any_shape(shape: str, reference_dtype: type, current_dtype: type) -> None:
    rng = np.random.default_rng(5)
    with np.errstate(over="ignore"):
        reference: Array = SHAPES[shape](rng, 3000).astype(reference_dtype)[:, None]
        current: Array = SHAPES[shape](rng, 3000).astype(current_dtype)[:, None]
        current[::7] = reference[::7].astype(current_dtype)  # ties with edges

    edges, window = counted(reference, current)

    assert np.array_equal(window.bins, bins_by_searching(edges, current))


@given(st.lists(st.integers(-(2**53), 2**53), max_size=30), st.lists(st.integers(-(2**53), 2**53), max_size=30))
def test_integers(reference: list[int], current: list[int]) -> None:
    edges, window = counted(np.array(reference, np.int64)[:, None], np.array(current, np.int64)[:, None])

    assert np.array_equal(window.bins, bins_by_searching(edges, np.array(current, np.int64)[:, None]))


def test_missing_nan_infinite_and_overflowed_are_told_apart() -> None:
    values = np.array([[np.nan], [np.nan], [np.nan], [np.inf], [np.inf], [-np.inf], [0.5], [9.0]], np.float32)
    sent = np.array([[Sent.MISSING], [0], [0], [Sent.OVERFLOW], [0], [0], [0], [0]], np.uint8)
    profile = take_profile(named(np.linspace(0, 1, 50)))

    window = profile.count(named(values, sent=sent)).tensors[0]

    assert {name: getattr(window, name).tolist() for name in window.ASIDE} == {
        "missing": [1],
        "nan": [2],
        "positive_infinite": [1],
        "negative_infinite": [1],
        "overflowed": [1],
    }
    assert window.finite.tolist() == [2]
    assert window.bins[0, -1] == 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_negative_nan_is_nan(dtype: type) -> None:
    profile = take_profile(named(np.linspace(0, 1, 500).astype(dtype)))

    window = profile.count(named(np.array([-np.nan, np.nan, -np.inf, 0.5], dtype))).tensors[0]

    assert (window.nan[0], window.negative_infinite[0], window.finite[0]) == (2, 1, 1)


def test_missing_integers_are_not_the_zeros_that_stand_for_them() -> None:
    profile = take_profile(named(np.arange(1, 9).repeat(10)))
    sent = np.array([[Sent.MISSING], [0]], np.uint8)

    window = profile.count(named(np.array([0, 3]), sent=sent)).tensors[0]

    assert (window.missing[0], window.finite[0], window.bins[0, 0]) == (1, 1, 0)


def test_tails() -> None:
    profile = take_profile(named(np.linspace(0.0, 10.0, 100)))

    window = profile.count(named([-999.0, -999.0, 5.0, 12.0, 1e20, np.inf])).tensors[0]

    assert (window.below.lowest[0], window.below.highest[0]) == (-999, -999)
    assert window.below.distance.totals()[0] == pytest.approx(2 * 999, rel=1e-3)
    assert window.above.lowest[0] == 12
    assert window.above.highest[0] == pytest.approx(1e20, rel=1e-6)
    assert window.above.distance.totals()[0] == pytest.approx(1e20, rel=1e-3)


def test_rows_that_do_not_fit_are_mistyped() -> None:
    profile = take_profile(named(np.arange(20.0), np.arange(20.0)))

    for unfit in (named(np.arange(3.0)), named(["a"] * 3, ["b"] * 3), Tensors()):
        window = profile.count(unfit).tensors[0]
        assert (window.mistyped, window.cells) == (unfit.rows, 0)


def test_a_single_tensor_answers_to_any_name() -> None:
    profile = take_profile(named(np.arange(20.0)))

    window = profile.count(Tensors.of(Tensor("serving_default", np.arange(3.0)[:, None])))

    assert (window.tensors[0].mistyped, window.tensors[0].cells) == (0, 3)


def test_outputs_that_were_not_sent_are_not_counted() -> None:
    profile = take_profile(named(np.arange(20.0)), named(np.arange(20.0)))

    inputs, outputs = profile.count(named(np.arange(3.0))).tensors

    assert (inputs.cells, outputs.cells, outputs.mistyped) == (3, 0, 0)
