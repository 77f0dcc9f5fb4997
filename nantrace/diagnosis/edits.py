"""Changes of the rows that stand for one cause each: if a change cures the rows, its cause is proven.

An edit knows which cells it changes, so that it can also be applied to some features only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import Case, Mask
from nantrace.diagnosis.cells import infinite, limits, missing, outside
from nantrace.diagnosis.sentinels import Sentinel, sentinel_cells
from nantrace.tensors.tensor import Sent, Tensor, Tensors

Array = NDArray[Any]
Feature = tuple[str, int]


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
    details: Mapping[str, Any] = field(default_factory=dict)
    control: "Edit | None" = None
    parts: "tuple[Edit, ...]" = ()  # of several edits together: which they are

    @property
    def replaces_nonfinite(self) -> bool:
        """Whether only NaN, infinities and what was not sent is replaced."""
        return self.test == "replace_infinite" or (self.test == "impute" and not self.details)

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

    def take(self, index: Array) -> "Edit":
        """The edit for the rows `index` of those it was made for."""
        return Edit(
            self.test,
            self.cause,
            {name: values[index] for name, values in self.values.items()},
            {name: cells[index] for name, cells in self.cells.items()},
            self.note,
            self.details,
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


def impute(case: Case, rows: Tensors, healthy: Tensors) -> Edit:
    """Missing cells become the reference's mean, or the median of healthy rows where there is no reference."""
    cells = {tensor.name: missing(tensor) for tensor in rows}
    values = {tensor.name: _typical(case, tensor, healthy) for tensor in rows}
    texts = any(tensor.values.dtype.kind == "U" and cells[tensor.name].any() for tensor in rows)
    mean = case.reference is not None and not texts
    note = "missing cells became the reference's mean" if mean else "missing cells became a typical value"
    return Edit("impute", "input_missing", values, cells, note)


def impute_sentinels(case: Case, rows: Tensors, healthy: Tensors, known: list[Sentinel]) -> Edit:
    """Cells that hold a number which stands for "missing" become a typical value."""
    cells = {tensor.name: sentinel_cells(case, tensor, known) for tensor in rows}
    values = {tensor.name: _typical(case, tensor, healthy) for tensor in rows}
    told = ", ".join(sorted({f"{sentinel.value:g}" for sentinel in known}))
    note = f"cells that hold {told} became a typical value"
    return Edit("impute", "input_missing", values, cells, note, {"sentinels": known})


def replace_infinite(case: Case, rows: Tensors, healthy: Tensors) -> Edit:
    """Infinite cells become a typical value."""
    cells = {tensor.name: infinite(tensor) for tensor in rows}
    values = {tensor.name: _typical(case, tensor, healthy) for tensor in rows}
    return Edit("replace_infinite", "input_infinite", values, cells, "infinite cells became a typical value")


def clip(case: Case, rows: Tensors) -> Edit:
    """Cells outside the reference's range of their feature become the nearer end of it."""
    cells = {tensor.name: outside(case, tensor) for tensor in rows}
    values = {}
    for tensor in rows:
        known = limits(case, tensor.name)
        if tensor.values.dtype.kind in "fiu" and known.known:
            values[tensor.name] = np.clip(tensor.values.astype(np.float64), known.low, known.high)
        else:
            values[tensor.name] = tensor.values
    return Edit("clip", "input_out_of_distribution", values, cells, "values were clipped into the reference's range")


def together(edits: list[Edit], test: str) -> Edit:
    """Several edits as one; where two change one cell, the earlier wins."""
    values: dict[str, Array] = {}
    cells: dict[str, Mask] = {}
    for edit in edits:
        for name, mask in edit.cells.items():
            before = cells.get(name, np.zeros_like(mask))
            values[name] = np.where(before, values.get(name, edit.values[name]), edit.values[name])
            cells[name] = before | mask
    controls = [edit.control or edit for edit in edits]
    control = together(controls, test) if controls != edits else None
    return Edit(test, edits[0].cause, values, cells, "; ".join(edit.note for edit in edits), control=control)


def _typical(case: Case, tensor: Tensor, healthy: Tensors) -> Array:
    """A value per cell that the model has seen often, broadcast to the tensor's shape."""
    shape = tensor.values.shape
    if tensor.values.dtype.kind == "U":
        return np.broadcast_to(_typical_text(case, tensor, healthy), shape)
    typical = limits(case, tensor.name).mean
    if not np.isfinite(typical).all():
        typical = np.where(np.isfinite(typical), typical, _medians(case, tensor.name, healthy))
    if tensor.values.dtype.kind in "iub":
        typical = np.round(typical)
    return np.broadcast_to(typical, shape)


def _typical_text(case: Case, tensor: Tensor, healthy: Tensors) -> Array:
    known = case.feature_reference(tensor.name, 0)
    choices = [text for text in (known.distinct or [] if known else []) if text]
    if not choices and healthy.rows:
        texts = healthy.by_name[tensor.name].values.ravel()
        choices = [str(text) for text in texts if text][:1]
    return np.array(choices[0] if choices else "0")


def _medians(case: Case, name: str, healthy: Tensors) -> Array:
    width = case.width(name)
    if not healthy.rows:
        return np.zeros(width)
    columns = healthy.by_name[name].values.astype(np.float64).reshape(-1, width)
    return np.array([_median(columns[:, i]) for i in range(width)])


def _median(column: Array) -> float:
    finite = column[np.isfinite(column)]
    return float(np.median(finite)) if finite.size else 0.0
