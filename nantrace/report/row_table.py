"""Failing rows as a table that fits a screen: responsible features first, big inputs summarised."""

from base64 import b64decode
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from nantrace.feature import FeatureNames
from nantrace.report.markup import Html, TableCell, element, number_cell, number_heading, table
from nantrace.report.numbers import number
from nantrace.tensors.tensor import Sent, Tensor, Tensors

MOST_COLUMNS = 12


@dataclass(frozen=True)
class CellText:
    """A value as text; `bad` when it is missing or non-finite."""

    text: str
    bad: bool


@dataclass(frozen=True)
class InputColumn:
    """One feature of a flat input, or a whole input of higher rank (`index` is None)."""

    input: str
    name: str
    index: int | None
    responsible: bool


@dataclass(frozen=True)
class GivenRows:
    """The rows of a call, what serving answered, and the names of the features."""

    inputs: Tensors
    outputs: Tensors | None
    names: FeatureNames


def input_columns(
    inputs: Tensors, names: FeatureNames, responsible: Collection[tuple[str, int]]
) -> tuple[list[InputColumn], int]:
    """The columns that fit, and how many do not. `responsible`: input and place on its last axis of such features."""
    columns = [column for tensor in inputs for column in _columns(tensor, names, responsible)]
    columns.sort(key=lambda column: not column.responsible)
    return columns[:MOST_COLUMNS], max(0, len(columns) - MOST_COLUMNS)


def input_cells(row: Tensors, columns: Sequence[InputColumn]) -> list[CellText]:
    """The cells of one row, which `row` holds alone."""
    return [_cell(row.by_name.get(column.input), column) for column in columns]


def output_cells(row: Tensors | None) -> list[CellText]:
    """The answer to one row; empty where it is unknown."""
    cells: list[CellText] = []
    for tensor in row or ():
        few = tensor.values.size <= 4
        cells += [_value(tensor, i) for i in range(tensor.values.size)] if few else [_summary(tensor)]
    return cells


def row_table(given: GivenRows, rows: Sequence[int], responsible: Collection[tuple[str, int]]) -> Html:
    """Rows of a call with what serving answered; `rows` are their indices, `responsible` as in `input_columns`."""
    columns, hidden = input_columns(given.inputs, given.names, responsible)
    more = [TableCell(element("th", f"{hidden:,} more", class_="quiet"))] if hidden else []
    names = (number_heading(column.name) for column in columns)
    return table(
        [number_heading("Row"), *names, *more, number_heading("Served")],
        [_row(given, row, columns, hidden) for row in rows],
    )


def _row(given: GivenRows, row: int, columns: Sequence[InputColumn], hidden: int) -> list[str]:
    place = np.array([row], np.intp)
    outputs = given.outputs.take(place) if given.outputs else None
    cells = [number_cell(cell.text, bad=cell.bad) for cell in input_cells(given.inputs.take(place), columns)]
    return [number_cell(str(row)), *cells, *([""] if hidden else []), _answer(output_cells(outputs))]


def _answer(cells: Sequence[CellText]) -> TableCell:
    if not cells:
        return TableCell(element("td", "not given", class_="n quiet"))
    return number_cell(" ".join(cell.text for cell in cells), bad=any(cell.bad for cell in cells))


def _columns(tensor: Tensor, names: FeatureNames, responsible: Collection[tuple[str, int]]) -> list[InputColumn]:
    if tensor.values.ndim > 2:
        return [InputColumn(tensor.name, tensor.name, None, any(name == tensor.name for name, _ in responsible))]
    width = tensor.values[:1].size
    called = [names.name(tensor.name, i, only=width == 1) for i in range(width)]
    return [InputColumn(tensor.name, called[i], i, (tensor.name, i) in responsible) for i in range(width)]


def _cell(tensor: Tensor | None, column: InputColumn) -> CellText:
    if tensor is None:
        return CellText("", False)
    if column.index is None:
        return _summary(tensor)
    return _value(tensor, column.index) if column.index < tensor.values.size else CellText("", False)


def _value(tensor: Tensor, index: int) -> CellText:
    value = tensor.values.reshape(-1)[index]
    sent = Sent.VALUE if tensor.sent is None else Sent(int(tensor.sent.reshape(-1)[index]))
    if sent == Sent.MISSING:
        return CellText("missing", True)
    if sent == Sent.TEXT:
        return CellText(tensor.texts.get(index, "text"), True)
    if sent == Sent.BYTES:
        return CellText(f"{len(b64decode(value)):,} bytes", False)
    if tensor.values.dtype.kind == "f":
        return CellText(number(float(value)), not np.isfinite(value))
    return CellText(str(value), sent != Sent.VALUE)


def _summary(tensor: Tensor) -> CellText:
    shape = " \N{MULTIPLICATION SIGN} ".join(str(size) for size in tensor.values.shape[1:])
    bad = int(tensor.nonfinite().sum())
    if tensor.values.dtype.kind not in "fiu":
        return CellText(shape, bad > 0)
    known = tensor.values[~tensor.nonfinite()]
    span = f", {known.min():.4g} to {known.max():.4g}" if known.size else ""
    return CellText(f"{shape}{span}, {bad} non-finite" if bad else f"{shape}{span}", bad > 0)
