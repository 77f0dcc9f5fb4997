"""Answers that are too wide are narrowed so that equal ones stay equal and others do not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nantrace.replay.narrow_answers import MOST_CELLS, WIDEST, narrowed, width_for
from nantrace.tensors.same_answers import SAME_PRECISION, differing_rows
from nantrace.tensors.tensor import Array

ROWS = np.random.default_rng(3).normal(size=(4, 90, 111))
BAD = [np.nan, np.inf, -np.inf]


def narrow(array: Array, width: int = 300) -> Array:
    return narrowed({"output": array}, width)[0]["output"]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_it_is_as_wide_as_wanted_and_of_the_same_dtype(dtype: str) -> None:
    outputs, names = narrowed({"output": ROWS.astype(dtype), "small": ROWS[:, 0, :5]}, 600)

    assert (outputs["output"].shape, outputs["output"].dtype) == ((4, 300), np.dtype(dtype))
    assert np.array_equal(outputs["small"], ROWS[:, 0, :5])
    assert names == ["output"]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int64", "uint8", "bool"])
@given(st.integers(0, 3), st.integers(0, 9_989), st.data())
def test_a_changed_cell_shows_in_its_row_alone(dtype: str, row: int, cell: int, data: st.DataObject) -> None:
    rows = (ROWS > 0 if dtype == "bool" else ROWS * 50).astype(dtype)
    changed = rows.copy()
    flat = changed.reshape(4, -1)
    if changed.dtype.kind == "f":
        flat[row, cell] = data.draw(st.sampled_from([*BAD, 999.0, -999.0]))
    else:
        flat[row, cell] ^= True

    found = differing_rows(narrow(rows), narrow(changed), SAME_PRECISION)

    assert found.tolist() == [one == row for one in range(4)]


@pytest.mark.parametrize("bad", BAD)
def test_a_narrowed_row_is_finite_where_the_whole_row_is(bad: float) -> None:
    rows = ROWS.astype(np.float32)
    rows[2, 50, 7] = bad

    assert np.isfinite(narrow(rows)).all(axis=1).tolist() == [True, True, False, True]


def test_numbers_without_a_finite_sum_stay_finite() -> None:
    assert np.isfinite(narrow(np.full((1, 9_999), np.finfo(np.float64).max))).all()


def test_a_difference_of_rounding_is_none() -> None:
    rows = ROWS.astype(np.float32)

    assert not differing_rows(narrow(rows), narrow(rows * np.float32(1 + 1e-6)), SAME_PRECISION).any()


def test_bfloat16_travels_as_float32() -> None:
    import ml_dtypes

    assert narrow(ROWS[:, 0, :3].astype(ml_dtypes.bfloat16)).dtype == np.float32


def texts(*rows: list[str]) -> Array:
    return np.array(rows, object)


def test_long_texts_keep_their_beginning_and_differ_where_their_ends_do() -> None:
    first, other = (narrow(texts(["a" * 9_000 + end, "b"]), 200) for end in "xy")

    assert first.dtype == np.dtype("U100")
    assert first[0, 1] == "b"
    assert first[0, 0].startswith("a" * 80)
    assert first[0, 0] != other[0, 0]


def test_numbers_stand_for_texts_that_are_too_many() -> None:
    one, other = texts(["word"] * 5_000), texts(["word"] * 4_999 + ["mot"])

    assert narrow(one).shape == (1, 300)
    assert (narrow(one) != narrow(other)).sum() == 1


@given(st.integers(1, 10_000_000))
def test_all_rows_together_have_a_bound(rows: int) -> None:
    width = width_for(rows)

    assert 3 <= width <= WIDEST
    assert width * rows <= max(MOST_CELLS, 24 * rows)
