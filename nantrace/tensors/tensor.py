"""The one tensor type; its batches, and the table that a file is.

A cell that serving code sent is a number, or it is one of five things that look alike after a cast: the NaN
token, a missing value, an infinity token, a number that its dtype could not hold, or a text that is no number.
`Tensor.sent` keeps them apart, so that no evidence is made up by a cast.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.tensors.refusals import Refusal

Array = NDArray[Any]


class Sent(IntEnum):
    """What stood in a cell before any cast."""

    VALUE = 0  # what `values` says: a number (NaN and infinities as such included) or a text
    MISSING = 1  # null, or an empty cell of a table
    OVERFLOW = 2  # a finite number that the dtype on the wire could not hold: it became an infinity
    BYTES = 3  # bytes that are no text, such as an image or a tf.Example: `values` holds them as base64
    TEXT = 4  # a text in a tensor of numbers: no number could be read from it


class TensorError(Refusal):
    """The tensors cannot be used as a batch; `field` names the part of the request that is wrong."""


@dataclass(frozen=True)
class Tensor:
    """One named array of shape (rows, ...).

    `values` is of a bool, integer, float or unicode (`U`) dtype, C-contiguous. `sent` is None when every cell
    is a plain value, else a uint8 array of the same shape holding `Sent` codes; a missing cell is NaN in a
    float array, 0 in an integer or bool array and "" in a text array. `texts` holds what stood in cells of the code
    `Sent.TEXT`, by their position in the flattened values; those are NaN in a float array.
    """

    name: str
    values: Array
    sent: NDArray[np.uint8] | None = None
    texts: Mapping[int, str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return int(self.values.shape[0])

    def missing(self) -> NDArray[np.bool_]:
        """Cells that were not sent as a value, shape of `values`."""
        if self.sent is None:
            return np.zeros(self.values.shape, bool)
        return np.equal(self.sent, Sent.MISSING)

    def infinite(self) -> NDArray[np.bool_]:
        """Cells that were sent as +-Inf, shape of `values`; a finite number that overflowed on the way is none."""
        if self.values.dtype.kind != "f":
            return np.zeros(self.values.shape, bool)
        bad = np.isinf(self.values)
        return bad if self.sent is None else bad & (self.sent != Sent.OVERFLOW)

    def nonfinite(self) -> NDArray[np.bool_]:
        """Cells that are NaN, an infinity, missing or overflowed, shape of `values`. Text and bytes are none of it."""
        bad = ~np.isfinite(self.values) if self.values.dtype.kind == "f" else np.zeros(self.values.shape, bool)
        if self.sent is None:
            return bad
        found: NDArray[np.bool_] = (
            (bad | (self.sent != Sent.VALUE)) & (self.sent != Sent.TEXT) & (self.sent != Sent.BYTES)
        )
        return found

    def unread(self) -> NDArray[np.bool_]:
        """Cells that hold a text where a number belongs, shape of `values`."""
        return np.zeros(self.values.shape, bool) if self.sent is None else np.equal(self.sent, Sent.TEXT)

    def holds_bytes(self) -> bool:
        """Whether a cell was sent as bytes that are no text."""
        return self.sent is not None and bool((self.sent == Sent.BYTES).any())

    def nonfinite_rows(self) -> NDArray[np.bool_]:
        """Rows that hold at least one such cell, shape (rows,)."""
        bad = np.zeros(self.rows, bool)
        if cells := self.values.size:
            bad[np.flatnonzero(self.nonfinite()) // (cells // self.rows)] = True  # few are bad: faster than `any`
        return bad

    def take(self, index: Array) -> "Tensor":
        """The rows `index` (integers or a boolean mask)."""
        sent = None if self.sent is None else self.sent[index]
        return Tensor(self.name, self.values[index], sent, self._texts_of(index) if self.texts else {})

    def _texts_of(self, index: Array) -> dict[int, str]:
        """The texts of rows, by their positions among the cells of these rows."""
        cells = self.values.size // self.rows
        rows: dict[int, list[int]] = {}
        for at in self.texts:
            rows.setdefault(at // cells, []).append(at)
        taken = np.arange(self.rows)[index]
        return {
            int(new) * cells + at % cells: self.texts[at]
            for new in np.flatnonzero(np.isin(taken, list(rows)))
            for at in rows[int(taken[new])]
        }


@dataclass(frozen=True)
class Tensors:
    """Arrays of one batch by name, all with the same number of rows."""

    by_name: Mapping[str, Tensor] = field(default_factory=dict)

    @classmethod
    def of(cls, *tensors: Tensor) -> "Tensors":
        return cls({tensor.name: tensor for tensor in tensors})

    def __iter__(self) -> Iterator[Tensor]:
        return iter(self.by_name.values())

    def __len__(self) -> int:
        return len(self.by_name)

    @property
    def rows(self) -> int:
        return next((tensor.rows for tensor in self), 0)

    def nonfinite_rows(self) -> NDArray[np.bool_]:
        """Rows with a non-finite or missing cell in any tensor, shape (rows,)."""
        bad = np.zeros(self.rows, bool)
        for tensor in self:
            bad |= tensor.nonfinite_rows()
        return bad

    def infinite_rows(self) -> NDArray[np.bool_]:
        """Rows in which any tensor was sent with an infinity, shape (rows,)."""
        bad = np.zeros(self.rows, bool)
        for tensor in self:
            bad |= tensor.infinite().reshape(self.rows, -1).any(axis=1)
        return bad

    def holds_bytes(self) -> bool:
        """Whether a cell of any tensor was sent as bytes that are no text."""
        return any(tensor.holds_bytes() for tensor in self)

    def take(self, index: Array) -> "Tensors":
        return Tensors.of(*(tensor.take(index) for tensor in self))

    @classmethod
    def stacked(cls, copies: Sequence["Tensors"]) -> "Tensors":
        """Copies of the same rows below each other; what was sent is known of all copies of a tensor or of none."""
        first = copies[0]
        return (
            first
            if len(copies) == 1
            else cls.of(*(_stacked([one.by_name[name] for one in copies]) for name in first.by_name))
        )


@dataclass(frozen=True)
class Table:
    """A file's tensors, and for each the names of the columns it was made of where the file names them.

    `notes`: sentences on what the reader of the file decided, where it could have been decided otherwise.
    """

    tensors: Tensors
    columns: Mapping[str, list[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def header(self) -> list[str]:
        """The names of all columns, in the order of the file."""
        return [name for names in self.columns.values() for name in names]


def single_name(field: str) -> str:
    """What a single unnamed tensor is called."""
    return "outputs" if field == "outputs" else "inputs"


def _stacked(copies: Sequence[Tensor]) -> Tensor:
    sent = [copy.sent for copy in copies if copy.sent is not None]
    values = np.concatenate([copy.values for copy in copies])
    return Tensor(copies[0].name, values, np.concatenate(sent) if sent else None)
