"""Failing rows as a table that fits a page: responsible features first, big inputs summarised."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from monitoring.incidents.examples import Example
from monitoring.models import Incident
from monitoring.web.pages.tags import number
from nantrace.feature import FeatureNames
from nantrace.tensors.tensor import Sent, Tensor

MOST_COLUMNS = 12


@dataclass(frozen=True)
class Cell:
    """A value as text; `bad` when it is missing or non-finite."""

    text: str
    bad: bool


@dataclass(frozen=True)
class Column:
    """One feature of a flat input, or a whole input of higher rank (`index` is None)."""

    input: str
    name: str
    index: int | None
    responsible: bool


@dataclass(frozen=True)
class ExampleRow:
    """One failing row."""

    example: Example
    cells: list[Cell]
    outputs: list[Cell]


@dataclass(frozen=True)
class ExampleTable:
    """The columns that fit, how many did not, and the rows."""

    columns: list[Column]
    hidden: int
    rows: list[ExampleRow]


def tabulate(examples: Sequence[Example], incident: Incident) -> ExampleTable:
    """The examples of `incident`; at most 12 columns. All examples have the inputs of the first."""
    if not examples:
        return ExampleTable([], 0, [])
    names = FeatureNames.of(incident.last_version.metadata, list(examples[0].inputs.by_name))
    responsible = {(one["input"], one["index"]) for one in incident.report.get("features", [])}
    columns = [column for tensor in examples[0].inputs for column in _columns(tensor, names, responsible)]
    columns.sort(key=lambda column: not column.responsible)
    shown = columns[:MOST_COLUMNS]
    rows = [ExampleRow(one, [_cell(one, column) for column in shown], _outputs(one)) for one in examples]
    return ExampleTable(shown, len(columns) - len(shown), rows)


def _columns(tensor: Tensor, names: FeatureNames, responsible: set[tuple[str, int]]) -> list[Column]:
    if tensor.values.ndim > 2:
        held = any(name == tensor.name for name, _ in responsible)
        return [Column(tensor.name, tensor.name, None, held)]
    width = tensor.values.reshape(1, -1).shape[1]
    return [
        Column(tensor.name, names.name(tensor.name, i, only=width == 1), i, (tensor.name, i) in responsible)
        for i in range(width)
    ]


def _cell(example: Example, column: Column) -> Cell:
    tensor = example.inputs.by_name.get(column.input)
    if tensor is None:
        return Cell("", False)
    if column.index is None:
        return _summary(tensor)
    flat = tensor.values.reshape(-1)
    return _value(tensor, column.index) if column.index < len(flat) else Cell("", False)


def _value(tensor: Tensor, index: int) -> Cell:
    value = tensor.values.reshape(-1)[index]
    sent = Sent.VALUE if tensor.sent is None else Sent(int(tensor.sent.reshape(-1)[index]))
    if sent == Sent.MISSING:
        return Cell("missing", True)
    if tensor.values.dtype.kind == "f":
        return Cell(number(float(value)), not np.isfinite(value))
    return Cell(str(value), sent != Sent.VALUE)


def _summary(tensor: Tensor) -> Cell:
    shape = " \N{MULTIPLICATION SIGN} ".join(str(size) for size in tensor.values.shape[1:])
    bad = int(tensor.nonfinite().sum())
    if tensor.values.dtype.kind not in "fiu":
        return Cell(shape, bad > 0)
    known = tensor.values[~tensor.nonfinite()]
    span = f", {known.min():.4g} to {known.max():.4g}" if known.size else ""
    return Cell(f"{shape}{span}, {bad} non-finite" if bad else f"{shape}{span}", bad > 0)


def _outputs(example: Example) -> list[Cell]:
    cells: list[Any] = []
    for tensor in example.outputs or []:
        if tensor.values.size <= 4:
            cells += [_value(tensor, i) for i in range(tensor.values.size)]
        else:
            cells.append(_summary(tensor))
    return cells
