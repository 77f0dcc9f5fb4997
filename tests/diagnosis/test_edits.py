"""Edits of rows: what they touch, and what they leave alone."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from nantrace.diagnosis.case import Case, Mask
from nantrace.diagnosis.causes.input_infinite import replace_infinite
from nantrace.diagnosis.causes.input_missing import impute, impute_sentinels
from nantrace.diagnosis.causes.input_out_of_distribution import clip
from nantrace.diagnosis.edit import Edit, together
from nantrace.diagnosis.empty_sequences import valid_position
from nantrace.diagnosis.sentinels import find_sentinels
from nantrace.tensors.tensor import Sent, Tensor, Tensors
from tests.diagnosis.laboratory import NumpyLaboratory, make_case
from tests.diagnosis.networks import inside, linear, normal

without_deadline = settings(max_examples=50, deadline=None)
CELLS = st.sampled_from([0.0, -1.25, 0.5, 2.0, 7.5, -999.0, 1e20, -3e5, np.nan, np.inf, -np.inf])
Make = Callable[[Case, Tensors, Tensors], Edit]
EDITS: dict[str, Make] = {
    "impute": impute,
    "sentinels": lambda case, rows, healthy: impute_sentinels(case, rows, healthy, find_sentinels(case, rows)),
    "infinite": replace_infinite,
    "clip": lambda case, rows, _: clip(case, rows),
    "position": valid_position,
    "all": lambda case, rows, healthy: together(
        [impute(case, rows, healthy), replace_infinite(case, rows, healthy), clip(case, rows)], "impute"
    ),
}


@st.composite
def posted(draw: st.DrawFn) -> Tensors:
    """Rows of three features with all that can stand in a cell; a missing one is NaN, as the codec leaves it."""
    rows = draw(st.integers(1, 6))
    values = draw(arrays(np.float64, (rows, 3), elements=CELLS))
    absent = draw(arrays(np.bool_, (rows, 3)))
    values[absent] = np.nan
    sent = np.where(absent, Sent.MISSING, Sent.VALUE).astype(np.uint8)
    return Tensors.of(Tensor("inputs", values, sent if draw(st.booleans()) else None))


def edit_of(name: str, rows: Tensors, with_reference: bool) -> tuple[Case, Edit]:
    case = make_case(NumpyLaboratory(linear()), rows, normal(100) if with_reference else None)
    return case, EDITS[name](case, rows, Tensors.of(Tensor("inputs", inside(5))))


def same(first: Tensors, second: Tensors) -> Mask:
    """Cells that are equal bit by bit, of the only tensor."""
    a, b = first.by_name["inputs"], second.by_name["inputs"]
    sent = [np.zeros(x.values.shape, np.uint8) if x.sent is None else x.sent for x in (a, b)]
    bits = np.equal(a.values.view(np.uint64), b.values.view(np.uint64))
    return np.asarray(bits & (sent[0] == sent[1]))


every_edit = pytest.mark.parametrize("name", EDITS)


@every_edit
@without_deadline
@given(rows=posted(), with_reference=st.booleans())
def test_an_edit_touches_its_cells_only(name: str, rows: Tensors, with_reference: bool) -> None:
    _, edit = edit_of(name, rows, with_reference)

    changed = edit.apply(rows)

    assert same(changed, rows)[~edit.cells["inputs"]].all()
    assert (edit.touches(rows.rows) == edit.cells["inputs"].any(axis=1)).all()


@every_edit
@without_deadline
@given(rows=posted(), allowed=st.lists(st.booleans(), min_size=3, max_size=3))
def test_part_of_an_edit_is_a_subset_of_it(name: str, rows: Tensors, allowed: list[bool]) -> None:
    _, edit = edit_of(name, rows, with_reference=True)
    only = np.array([allowed])

    part = edit.apply(rows, {"inputs": only})

    assert same(part, rows)[np.broadcast_to(~only, edit.cells["inputs"].shape)].all()
    assert same(part, edit.apply(rows))[edit.cells["inputs"] & only].all()


@every_edit
@without_deadline
@given(rows=posted())
def test_twice_is_once(name: str, rows: Tensors) -> None:
    _, edit = edit_of(name, rows, with_reference=True)
    once = edit.apply(rows)

    assert same(edit.apply(once), once).all()


@every_edit
@without_deadline
@given(rows=posted(), data=st.data())
def test_an_edit_of_some_rows_is_the_edit_of_all_for_these(name: str, rows: Tensors, data: st.DataObject) -> None:
    _, edit = edit_of(name, rows, with_reference=True)
    index = np.array(data.draw(st.lists(st.integers(0, rows.rows - 1), min_size=1)))

    assert same(edit.take(index).apply(rows.take(index)), edit.apply(rows).take(index)).all()


@without_deadline
@given(rows=posted())
def test_what_is_cured_needs_no_second_cure(rows: Tensors) -> None:
    """After imputing nothing is missing, after replacing nothing is infinite, after clipping nothing is outside."""
    for name in ("impute", "infinite", "clip", "sentinels"):
        _, edit = edit_of(name, rows, with_reference=True)
        _, again = edit_of(name, edit.apply(rows), with_reference=True)
        assert not again.touches(rows.rows).any(), name


@without_deadline
@given(values=arrays(np.int64, array_shapes(min_dims=2, max_dims=2, max_side=5), elements=st.integers(0, 4)))
def test_integers_and_texts_stay_what_they_are(values: NDArray[Any]) -> None:
    texts = values.astype("U")
    texts[texts == "0"] = ""
    rows = Tensors.of(Tensor("numbers", values), Tensor("texts", texts))
    case = make_case(NumpyLaboratory(linear()), rows)

    for make in EDITS.values():
        changed = make(case, rows, rows.take(np.zeros(0, np.intp))).apply(rows)
        assert changed.by_name["numbers"].values.dtype == np.int64
        assert changed.by_name["texts"].values.dtype.kind == "U"


def test_a_missing_cell_becomes_the_mean_of_training() -> None:
    rows = Tensors.of(Tensor("inputs", np.array([[np.nan, 1.0, 2.0]])))
    reference = np.array([[10.0, 0, 0], [20.0, 5, 5]])
    case = make_case(NumpyLaboratory(linear()), rows, reference)

    changed = impute(case, rows, rows.take(np.zeros(0, np.intp))).apply(rows)

    assert changed.by_name["inputs"].values.tolist() == [[15.0, 1.0, 2.0]]


def test_without_a_reference_it_becomes_the_median_of_healthy_rows() -> None:
    rows = Tensors.of(Tensor("inputs", np.array([[np.nan, 1.0, 2.0]])))
    healthy = Tensors.of(Tensor("inputs", np.array([[1.0, 0, 0], [3.0, 0, 0], [100.0, 0, 0], [np.inf, 0, 0]])))
    case = make_case(NumpyLaboratory(linear()), rows)

    assert impute(case, rows, healthy).apply(rows).by_name["inputs"].values[0, 0] == 3.0
