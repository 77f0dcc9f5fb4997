"""Whatever was logged as arrays whose first axis is that of the rows."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Layout = tuple[tuple[str, str, tuple[int, ...]], ...]  # per tensor: name, character of its dtype, shape of one row
_ndarray = np.ndarray
_PLAIN = frozenset(map(np.dtype, "?bBhHiIlLqQefd"))  # as the service takes them

LONGEST_ID = 200


class UnusableError(ValueError):
    """What was logged is no rows of numbers or texts."""


class Rows(NamedTuple):
    """Arrays by their names on the wire (`inputs`, `inputs.<name>`, `outputs`...), each of shape (length, ...)."""

    arrays: dict[str, Array]
    length: int
    failing: list[int]  # positions of the rows with a NaN or an infinity

    @property
    def layout(self) -> Layout:
        """Rows of one layout fit into one batch. Texts of any length are of one layout."""
        return tuple([(name, array.dtype.char, array.shape[1:]) for name, array in self.arrays.items()])

    def healthy(self, chosen: list[int]) -> list[int]:
        """Positions of some rows that are counted among the healthy ones only."""
        if not self.failing or not chosen:
            return chosen
        healthy = np.delete(np.arange(self.length), self.failing)
        positions: list[int] = healthy[chosen].tolist()
        return positions


def rows_of(inputs: Any, outputs: Any, batched: bool, finite: bool = False) -> Rows:
    """Raises UnusableError.

    `batched`: the first axis is that of the rows, also of a one-dimensional array. `finite`: nothing needs to be
    looked for, everything was seen to be finite.
    """
    arrays = _named("inputs", inputs)
    count = _count(arrays, batched)
    if not count:
        raise UnusableError("there are no rows")
    if outputs is not None:
        arrays.update(_named("outputs", outputs))
    for name, array in arrays.items():
        rank = array.ndim
        one_row = rank == 0 or not (batched or rank > 1 or (count > 1 and array.shape[0] == count))
        if one_row:
            arrays[name] = array[None]
        if count != (1 if one_row else array.shape[0]):
            raise UnusableError(f"{name} has {1 if one_row else array.shape[0]} rows and the first input {count}")
    return Rows(arrays, count, [] if finite else failing_rows(arrays, count))


def failing_rows(arrays: Mapping[str, Array], count: int) -> list[int]:
    """Positions of the rows with a NaN or an infinity in any array."""
    bad = np.zeros(count, bool)
    for array in arrays.values():
        if array.dtype.kind != "f":
            continue
        finite = np.isfinite(array)
        if b"\0" in finite.tobytes():  # sooner known than by all()
            if count == 1:
                return [0]
            bad |= ~finite.reshape(count, -1).all(axis=1)
    positions: list[int] = bad.nonzero()[0].tolist()
    return positions


def clean_id(given: object) -> str:
    """An id as the service stores it: Unicode without NUL, at most 200 characters."""
    text = str(given)
    if not text.isprintable():
        text = "".join(character if character.isprintable() else "?" for character in text)
    return text[:LONGEST_ID]


def ids_of(given: object, count: int) -> Sequence[str]:
    """One id a row from one id or a list of them."""
    if isinstance(given, (list, tuple)) and len(given) == count:
        return [clean_id(one) for one in given]
    text = clean_id(given)
    return [text] if count == 1 else [clean_id(f"{text[: LONGEST_ID - 8]}/{index}") for index in range(count)]


def _named(side: str, value: Any) -> dict[str, Array]:
    if type(value) is _ndarray and value.dtype in _PLAIN:
        return {side: value}
    if isinstance(value, Mapping):
        return {f"{side}.{name}": _array(one) for name, one in value.items()}
    return {side: _array(value)}


def _count(arrays: dict[str, Array], batched: bool) -> int:
    if not arrays:
        raise UnusableError("there are no inputs")
    for array in arrays.values():
        if batched and array.ndim == 0:
            raise UnusableError("an input has no axis of rows")
        if batched or array.ndim > 1:
            return int(array.shape[0])
    return 1


def _array(value: Any) -> Array:
    try:
        array = np.asarray(value)
    except Exception as error:  # noqa: BLE001 - a stranger's __array__
        raise UnusableError(f"a {type(value).__name__} is no array: {type(error).__name__}") from None
    dtype = array.dtype
    if not dtype.isnative:
        array = array.astype(dtype.newbyteorder("="))
    if array.dtype in _PLAIN:
        return array
    kind = dtype.kind
    if kind in "fV":  # wider than the service takes, or bfloat16 and the like, which numpy knows by name only
        return _numbers(array, np.dtype(np.float64 if kind == "f" else np.float32))
    if kind in "US":
        return _texts(array)
    if kind == "O":
        return _of_objects(array)
    raise UnusableError(f"{array.dtype} is neither numbers nor text")


def _of_objects(array: Array) -> Array:
    cells = array.ravel().tolist()
    if any(isinstance(cell, (str, bytes)) for cell in cells):
        texts = ["" if cell is None else cell for cell in cells]
        if all(isinstance(cell, (str, bytes)) for cell in texts):
            return _texts(np.array([_text(cell) for cell in texts], dtype=str).reshape(array.shape))
        raise UnusableError("texts and numbers stand in one array")
    return _numbers(array, np.dtype(np.float64))  # None becomes NaN


def _numbers(array: Array, dtype: np.dtype[Any]) -> Array:
    try:
        with np.errstate(over="ignore"):
            return array.astype(dtype)
    except (TypeError, ValueError, OverflowError):
        raise UnusableError(f"some of its {array.dtype} cells are no numbers") from None


def _texts(array: Array) -> Array:
    """As Unicode; what is none (bytes of another encoding, lone surrogates) is replaced by a question mark."""
    if array.dtype.kind == "S":
        return np.array([_text(cell) for cell in array.ravel().tolist()], dtype=str).reshape(array.shape)
    codes = np.ascontiguousarray(array).view(np.uint32)
    if ((codes >= 0xD800) & (codes < 0xE000)).any():
        return np.array([_text(cell) for cell in array.ravel().tolist()], dtype=str).reshape(array.shape)
    return array


def _text(cell: str | bytes) -> str:
    text = cell.decode("utf-8", "replace") if isinstance(cell, bytes) else cell
    return text.encode("utf-8", "replace").decode()
