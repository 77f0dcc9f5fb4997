"""A change of rows that stands for one cause: if the change cures the rows, the cause is proven.

An edit knows which cells it changes, so that it can also be applied to some features only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import Case, Mask
from nantrace.diagnosis.sentinels import Sentinel
from nantrace.mistakes.conversions import Conversion
from nantrace.tensors.tensor import Sent, Tensor, Tensors

Array = NDArray[Any]
Floats = NDArray[np.float64]
Feature = tuple[str, int]
Undo = Callable[[Floats], Floats]


@dataclass(frozen=True)
class ScaleMistake:
    """What was done to the scale of rows, and code that undoes it. `kind`: standard, minmax, unit, pixels, known."""

    kind: str
    note: str
    code: str


@dataclass(frozen=True)
class Edit:
    """Other values for some cells. `test` is the contract's id of the experiment, `cause` what its cure proves.

    Where there is a `control`, the cure proves it only if the control, another change of the same rows, cures as well.
    """

    test: str
    cause: str
    values: Mapping[str, Array]
    cells: Mapping[str, Mask]
    note: str = ""
    sentinels: Sequence[Sentinel] = ()  # the numbers that it replaces
    undoes: ScaleMistake | None = None  # the transform that it undoes
    replaces_nonfinite: bool = False  # nothing but NaN, infinities and what was not sent
    last_resort: bool = False  # changes whatever is far: explains only rows that no other edit does
    control: "Edit | None" = None
    parts: "tuple[Edit, ...]" = ()  # of several edits together: which they are

    def touches(self, rows: int) -> Mask:
        """Rows of which at least one cell is changed, shape (rows,)."""
        found = np.zeros(rows, bool)
        for mask in self.cells.values():
            found |= mask.reshape(rows, -1).any(axis=1)
        return found

    def features(self, case: Case, row: int | None = None) -> list[Feature]:
        """Features with a changed cell, in all rows or in one."""
        found = []
        for name, mask in self.cells.items():
            width = case.width(name)
            part = mask if row is None else mask[row : row + 1]
            hit = part.reshape(-1, width).any(axis=0)
            found += [(name, int(i)) for i in np.flatnonzero(hit)]
        return found

    def take(self, index: NDArray[np.intp]) -> "Edit":
        """What changes the rows `index` of those it was made for, without control and parts."""
        return Edit(
            self.test,
            self.cause,
            {name: values[index] for name, values in self.values.items()},
            {name: cells[index] for name, cells in self.cells.items()},
            self.note,
        )

    def apply(self, rows: Tensors, only: Mapping[str, Mask] | None = None) -> Tensors:
        """The rows with the changed cells, or with those of them that `only` allows as well."""
        return Tensors.of(*(self._changed(tensor, only) for tensor in rows))

    def _changed(self, tensor: Tensor, only: Mapping[str, Mask] | None) -> Tensor:
        if tensor.name not in self.cells:
            return tensor
        where = self.cells[tensor.name]
        if only is not None:
            where = where & only[tensor.name]
        values = np.where(where, self.values[tensor.name], tensor.values)
        if tensor.values.dtype.kind != "U":
            values = values.astype(tensor.values.dtype)
        sent = None if tensor.sent is None else np.where(where, Sent.VALUE, tensor.sent).astype(np.uint8)
        return Tensor(tensor.name, values, sent)


def together(edits: Sequence[Edit], test: str) -> Edit:
    """Several edits as one; where two change one cell, the earlier wins."""
    values: dict[str, Array] = {}
    cells: dict[str, Mask] = {}
    for edit in edits:
        for name, mask in edit.cells.items():
            before = cells.get(name, np.zeros_like(mask))
            values[name] = np.where(before, values.get(name, edit.values[name]), edit.values[name])
            cells[name] = before | mask
    controls = [edit.control or edit for edit in edits]
    control = together(controls, test) if any(edit.control for edit in edits) else None
    return Edit(test, edits[0].cause, values, cells, "; ".join(edit.note for edit in edits), control=control)


@dataclass(frozen=True)
class Transform(ScaleMistake):
    """What was done to rows, with the function that undoes it. `registered`: nothing in it was fitted to the rows."""

    undo: Undo
    registered: bool = False


def converted(kind: str, conversion: Conversion) -> Transform:
    """A conversion of all cells."""
    return Transform(kind, conversion.sentence, f"rows = {conversion.undoing('rows')}", conversion.undo)


def edit_of(tensor: Tensor, undone: Floats, cells: Mask, undoes: ScaleMistake) -> Edit:
    """The edit that puts the undone values into some cells of a tensor."""
    note = f"{undoes.kind}: {undoes.note}"
    return Edit("rescale", "input_unscaled", {tensor.name: undone}, {tensor.name: cells}, note, undoes=undoes)
