"""Columns are matched by their names, in whatever order they came, with what a model or a reference calls them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Self

import numpy as np

from nantrace.tensors.limits import FILE, TableLimits
from nantrace.tensors.tensor import Array, Sent, Table, Tensor, Tensors, single_name
from nantrace.tensors.text_numbers import with_numbers

MOST_NAMES = 5  # in one sentence
Kind = Literal["numbers", "texts"]


@dataclass(frozen=True)
class WantedTensor:
    """A tensor to be found in a table: whole under its name, or made of `columns`, in the order of its last axis.

    `columns` is empty where nobody named them. `width`: how many columns flat rows have, None where that is open or
    rows are not flat. `kind` is what the cells must be; None leaves them as they are.
    """

    name: str
    columns: Sequence[str] = ()
    width: int | None = None
    kind: Kind | None = None

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The inverse of `as_json`."""
        return cls(**document)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class MatchedColumns:
    """The wanted tensors, with the names of their columns. Nothing of it may be used where something is `missing`.

    `unordered`: that is because columns came one by one, and nobody says in which order they belong together. `noun`:
    what is matched, "column" or "array".
    """

    table: Table
    left_out: Sequence[str] = ()
    missing: Sequence[str] = ()
    unordered: bool = False
    noun: str = "column"

    def lack(self, owner: str) -> str:
        """What is missing, as the rest of a sentence about the rows; `owner` is what has it."""
        if self.unordered:
            given = _listed(self.left_out)
            return f"has columns by name ({given}), and nothing says their order; name them in metadata.features"
        return f"has no {self.noun} {_listed(self.missing)}, which {owner} has"

    def surplus(self, owner: str) -> list[str]:
        """A sentence on what is left out, none where nothing is; `owner` is what does not have it."""
        if not self.left_out:
            return []
        return [f"Left out, because {owner} has no such {self.noun}: {_listed(self.left_out)}"]


@dataclass(frozen=True)
class _Column:
    """One column of a table: a place on the last axis of a tensor of shape (rows, columns)."""

    tensor: Tensor
    place: int

    def tensor_of(self, name: str) -> Tensor:
        """As a tensor of shape (rows, 1)."""
        width = self.tensor.values.shape[1]
        sent = None if self.tensor.sent is None else self.tensor.sent[:, [self.place]]
        texts = {at // width: text for at, text in self.tensor.texts.items() if at % width == self.place}
        return Tensor(name, self.tensor.values[:, [self.place]], sent, texts)


@dataclass(frozen=True)
class _Choice:
    """Where a wanted tensor comes from: a whole tensor, or else the columns of these names."""

    wanted: WantedTensor
    names: Sequence[str]
    whole: Tensor | None = None


def match_columns(given: Table, wanted: Sequence[WantedTensor], limits: TableLimits = FILE) -> MatchedColumns:
    """The wanted tensors out of a table, whatever the order of its tensors and columns; raises TooLarge.

    One tensor without names of columns is the only one that is wanted, whatever it is called. A table whose columns
    nobody names is taken in its own order; where it has too many, those that hold numbers, if that is all that is
    wanted.
    """
    columns = _columns(given)
    choices = [_choice(one, given, columns, only=len(wanted) == 1) for one in wanted]
    missing = [name for one in choices if one.whole is None for name in one.names if name not in columns]
    used = {name for one in choices for name in one.names}
    left_out = [name for tensor in given.tensors for name in _names_in(given, tensor) if name not in used]
    found = [] if missing else [_taken(one, columns, limits, only=len(wanted) == 1) for one in choices]
    named = [one for one in zip(found, choices, strict=False) if one[1].whole is None or one[0].name in given.columns]
    table = Table(Tensors.of(*found), {tensor.name: list(one.names) for tensor, one in named})
    are_flat = len(columns) >= len(given.tensors)
    unordered = bool(missing) and len(wanted) == 1 and not wanted[0].columns and are_flat and len(columns) > 1
    return MatchedColumns(table, left_out, missing, unordered, "column" if are_flat else "array")


def by_column(table: Table) -> Table:
    """The same with a tensor of shape (rows, 1) for each column that has a name."""
    columns = _columns(table)
    return Table(Tensors.of(*(columns[name].tensor_of(name) for name in columns)), {name: [name] for name in columns})


def _names_in(given: Table, tensor: Tensor) -> Sequence[str]:
    return given.columns.get(tensor.name) or [tensor.name]


def _columns(given: Table) -> dict[str, _Column]:
    """By name: the columns of matrices that name them, and tensors that are a column each."""
    columns = {}
    for tensor in given.tensors:
        flat = replace(tensor, values=_deep(tensor.values), sent=None if tensor.sent is None else _deep(tensor.sent))
        names = given.columns.get(tensor.name) or ([tensor.name] if flat.values.shape[1:] == (1,) else [])
        columns.update({name: _Column(flat, place) for place, name in enumerate(names)})
    return columns


def _deep(array: Array) -> Array:
    return array[:, None] if array.ndim == 1 else array


def _choice(one: WantedTensor, given: Table, columns: Mapping[str, _Column], *, only: bool) -> _Choice:
    whole = _whole(one, given, only=only)
    return _Choice(one, _names(one, given, columns, only=only) if whole is None else _names_in(given, whole), whole)


def _whole(one: WantedTensor, given: Table, *, only: bool) -> Tensor | None:
    """The tensor of that name, or the one there is, if its columns have no names or stand as they are wanted."""
    found = given.tensors.by_name.get(one.name)
    if found is None and only and len(given.tensors) == 1:
        found = next(iter(given.tensors))
        if len(one.columns) > 1 and found.name in one.columns:
            return None
    if found is None or found.name not in given.columns:
        return found
    return found if given.columns[found.name] == list(one.columns) else None


def _taken(choice: _Choice, columns: Mapping[str, _Column], limits: TableLimits, *, only: bool) -> Tensor:
    one, names = choice.wanted, choice.names
    if choice.whole is not None:
        return of_kind(choice.whole, one.kind)
    parts = [of_kind(columns[name].tensor_of(name), one.kind) for name in names]
    return side_by_side(parts, single_name(one.name) if only and names != [one.name] else one.name, limits)


def _names(one: WantedTensor, given: Table, columns: Mapping[str, _Column], *, only: bool) -> list[str]:
    """The columns that make up the wanted tensor, whether they are there or not."""
    if any(name in columns for name in one.columns):
        return list(one.columns)
    if one.name in columns:
        return [one.name]
    if one.columns or not only or not given.columns:
        return list(one.columns) or [one.name]
    if one.kind == "numbers" and one.width is not None and len(columns) > one.width:
        numbers = [
            name for name, column in columns.items() if not _holds_no_number(with_numbers(column.tensor_of(name)))
        ]
        return numbers if len(numbers) == one.width else list(columns)
    return list(columns)


def of_kind(tensor: Tensor, kind: Kind | None) -> Tensor:
    """Texts as numbers, numbers as texts (1 and not 1.0, "" for a missing one), or the tensor as it is.

    Texts none of which is a number stay texts: that is another kind of column, and no unreadable cells.
    """
    if kind == "numbers":
        read = with_numbers(tensor)
        return tensor if _holds_no_number(read) else read
    if kind != "texts" or tensor.values.dtype.kind == "U":
        return tensor
    values, missing = tensor.values, tensor.missing()
    if values.dtype.kind == "f" and _are_whole(values[~missing]):
        values = np.where(missing, 0, values).astype(np.int64)
    return replace(tensor, values=np.where(missing, "", values.astype("U")))


def _holds_no_number(read: Tensor) -> bool:
    """Whether some cells of what `with_numbers` read hold texts, and none a number."""
    return read.sent is not None and bool(read.unread().any()) and not (read.sent == Sent.VALUE).any()


def _are_whole(numbers: Array) -> bool:
    return bool((np.isfinite(numbers) & (numbers == np.floor(numbers)) & (np.abs(numbers) < 2**63)).all())


def side_by_side(parts: Sequence[Tensor], name: str, limits: TableLimits = FILE) -> Tensor:
    """Columns of shape (rows, 1) as one tensor of shape (rows, columns): texts if there is a text among them.

    Missing whole numbers become NaN. Raises TooLarge naming the tensor.
    """
    if any(part.values.dtype.kind == "U" for part in parts):
        parts = [of_kind(part, "texts") for part in parts]
    else:
        parts = [_floating(part) if part.sent is not None else part for part in parts]
    dtype = np.result_type(*(part.values.dtype for part in parts))
    limits.check_bytes(name, parts[0].rows * len(parts) * dtype.itemsize)
    values = np.concatenate([part.values for part in parts], axis=1, dtype=dtype)
    sent = None
    if any(part.sent is not None for part in parts):
        none = np.zeros((parts[0].rows, 1), np.uint8)
        sent = np.concatenate([none if part.sent is None else part.sent for part in parts], axis=1)
    texts = {row * len(parts) + place: text for place, part in enumerate(parts) for row, text in part.texts.items()}
    return Tensor(name, values, sent if sent is not None and sent.any() else None, texts)


def _floating(column: Tensor) -> Tensor:
    if column.values.dtype.kind == "f":
        return column
    return replace(column, values=np.where(column.missing(), np.nan, column.values.astype(np.float64)))


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(repr(name) for name in names[:MOST_NAMES]) + more
