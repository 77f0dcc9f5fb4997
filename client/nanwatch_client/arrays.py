"""One tensor of whatever was logged: an array, a tensor of any library, lists, one cell.

Nothing is imported for that: who has a tensor has its library loaded.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nanwatch_client.cells import UnusableError, array_of_objects, text_of, texts_of_times

Array = NDArray[Any]

PLAIN = frozenset(map(np.dtype, "?bBhHiIlLqQefd"))  # as the service takes them


def as_numpy(value: Any) -> Array:
    """A frame is asked itself: numpy would first ask it for attributes that it looks for among its columns.

    Arrow's arrays refuse to copy then. A time of pandas is one cell, which it would give as numpy writes it.
    """
    kind = type(value)
    if issubclass(kind, np.ma.MaskedArray):
        return _unmasked(value)
    ask = hasattr(kind, "to_numpy") and not hasattr(kind, "isoformat") and not hasattr(kind, "to_pylist")
    array: Array = value.to_numpy() if ask else np.asarray(value, object if kind is bytes else None)
    return array


def array_of(name: str, value: Any) -> Array:
    """As the service takes it; raises UnusableError, which says what is wrong with `name`."""
    try:
        return _read(value, _array(value))
    except UnusableError as error:
        raise UnusableError(f"{name}: {error}") from None


def _array(value: Any) -> Array:
    try:
        array = as_numpy(value)
    except Exception as error:  # noqa: BLE001 - the __array__ of others
        if isinstance(error, ValueError) and isinstance(value, (list, tuple)):
            raise UnusableError("its lists are of different lengths; pad them, or log row by row") from None
        raise UnusableError(f"a {type(value).__name__} is no array: {type(error).__name__}") from None
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _read(value: Any, array: Array) -> Array:
    if array.dtype in PLAIN:
        return array
    kind = array.dtype.kind
    if kind in "fV":  # wider than the service takes, or bfloat16 and the like, which numpy knows by name only
        return _numbers(array, np.dtype(np.float64 if kind == "f" else np.float32))
    if kind == "U":
        return _texts(array)
    if kind in "mM":
        return texts_of_times(array)
    if kind == "S":  # read as they came: numpy leaves out what is NUL at the end
        array = np.array(value, object)
    if array.dtype.kind == "O":
        return array_of_objects(array)
    raise UnusableError(f"{array.dtype} is neither numbers nor text")


def _unmasked(value: Any) -> Array:
    """A masked cell is a missing one, whatever lies below the mask."""
    numbers = value.dtype.kind in "biuf"
    array: Array = value.data.astype(np.result_type(value.dtype, np.float32) if numbers else object)
    array[value.mask] = np.nan if numbers else None
    return array


def _numbers(array: Array, dtype: np.dtype[Any]) -> Array:
    try:
        with np.errstate(over="ignore"):
            return array.astype(dtype)
    except (TypeError, ValueError, OverflowError):
        raise UnusableError(f"some of its {array.dtype} cells are no numbers") from None


def _texts(array: Array) -> Array:
    """As Unicode; lone surrogates are replaced by a question mark."""
    codes = np.ascontiguousarray(array).view(np.uint32)
    if ((codes >= 0xD800) & (codes < 0xE000)).any():
        return np.array([text_of(cell) for cell in array.ravel().tolist()], dtype=str).reshape(array.shape)
    return array
