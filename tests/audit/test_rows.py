"""Rows that an audit runs through a model, drawn from what is known of its training inputs."""

import numpy as np
import pytest

from nantrace.audit.probe_rows import MOST_ROWS, infinite_cells, limits, reference_rows, rows_within, unit_rows
from nantrace.drift.take_reference import take_reference
from nantrace.replay.model_inputs import InputSpec
from nantrace.tensors.tensor import Tensor, Tensors

FLOATS = InputSpec("x", "float32", (None, 3))


def generator() -> np.random.Generator:
    return np.random.default_rng(4)


def test_the_rows_with_the_extremes_are_among_those_of_a_reference() -> None:
    values = generator().normal(size=(5000, 3))
    values[[17, 4000], 1] = 50, -50
    found = reference_rows(Tensors.of(Tensor("x", values)), generator())
    assert found is not None
    drawn = found.by_name["x"].values
    assert len(drawn) == MOST_ROWS
    assert (drawn[:, 1].max(), drawn[:, 1].min()) == (50, -50)
    assert len(np.unique(drawn, axis=0)) == MOST_ROWS


def test_rows_with_missing_or_infinite_cells_are_left_out() -> None:
    values = np.array([[1.0, 2, 3], [np.nan, 2, 3], [1, np.inf, 3]])
    found = reference_rows(Tensors.of(Tensor("x", values)), generator())
    assert found is not None
    assert found.by_name["x"].values.tolist() == [[1, 2, 3]]
    assert reference_rows(Tensors.of(Tensor("x", values[1:])), generator()) is None


@pytest.mark.parametrize("shape", [(40, 3), (40, 7, 3), (40, 4, 4, 3)])
def test_every_value_lies_within_the_range_of_its_own_feature(shape: tuple[int, ...]) -> None:
    values = generator().uniform(0, 1, shape) * [1, 10, 100] + [0, 500, -900]
    known = take_reference(Tensors.of(Tensor("x", values)))
    spec = InputSpec("x", "float32", (None, *shape[1:]))
    found = rows_within(known, [spec], generator())
    assert found is not None
    drawn = found.by_name["x"].values
    assert drawn.shape[1:] == shape[1:]
    axes = tuple(range(len(shape) - 1))
    assert (drawn.min(axis=axes) >= values.min(axis=axes)).all()
    assert (drawn.max(axis=axes) <= values.max(axis=axes)).all()
    assert (drawn[0] == values.min(axis=axes)).all()
    assert (drawn[1] == values.max(axis=axes)).all()


def test_integers_keep_to_their_vocabulary() -> None:
    known = take_reference(Tensors.of(Tensor("ids", np.array([[2, 4], [8, 4]]))))
    found = rows_within(known, [InputSpec("ids", "int32", (None, 2))], generator())
    assert found is not None
    assert found.by_name["ids"].values.dtype.kind == "i"
    assert set(found.by_name["ids"].values.ravel()) == {2, 4, 8}


def test_made_up_rows_know_open_axes_and_no_text() -> None:
    found = unit_rows([FLOATS, InputSpec("series", "float16", (None, None, 2))], generator())
    assert found is not None
    assert [tensor.values.shape[1:] for tensor in found] == [(3,), (8, 2)]
    assert all(np.abs(tensor.values).max() <= 1 for tensor in found)
    assert unit_rows([InputSpec("text", "string", (None, 1))], generator()) is None


def test_few_rows_of_large_inputs() -> None:
    found = unit_rows([InputSpec("image", "float32", (None, 512, 512, 3))], generator())
    assert found is not None
    assert found.rows == 2


def test_limits_are_those_of_the_reference_or_none() -> None:
    values = np.array([[1.0, 2, 3], [4, 5, 6]])
    known = take_reference(Tensors.of(Tensor("x", values)))
    found = limits(known, [FLOATS])
    assert found is not None
    assert found.by_name["x"].values.tolist() == values.tolist()
    alone = limits(None, [FLOATS])
    assert alone is not None
    assert alone.by_name["x"].values.tolist() == [[-np.inf] * 3, [np.inf] * 3]


def test_infinities_are_counted_by_feature() -> None:
    values = np.zeros((5, 2, 3))
    values[0, 0, 1] = values[3, 1, 1] = np.inf
    values[2, 1, 2] = -np.inf
    values[1, 1, 0] = np.nan
    found = infinite_cells(Tensors.of(Tensor("x", values)))
    assert [(one.input, one.index, one.cells) for one in found] == [("x", 1, 2), ("x", 2, 1)]
