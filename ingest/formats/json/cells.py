"""Nested JSON lists -> one tensor that also keeps what was sent, where a cast would hide it.

Numbers are converted at C speed; only cells that are null, text or non-finite are looked at one by one.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.tensors.checks import check_name, check_shape, gathered, text_array
from nantrace.tensors.limits import TableLimits
from nantrace.tensors.tensor import Array, Sent, Tensor, TensorError, Tensors

# What the decoder makes of the bare tokens. An infinity that is none of these two objects was a number that
# float64 cannot hold.
INFINITY, MINUS_INFINITY = float("inf"), float("-inf")
TOKENS = {"NaN": float("nan"), "Infinity": INFINITY, "-Infinity": MINUS_INFINITY}


class UnevenRowsError(TensorError):
    """The rows are not all alike: they have other shapes, other names, or hold what is no cell."""


def tensors_of(side: str, field: str, value: Any, limits: TableLimits) -> Tensors:
    """The tensors of a side; a list alone is a tensor of the name `side`. Raises Refusal naming `field` or a part."""
    if not isinstance(value, dict):
        return gathered(field, [tensor_of(field, side, value, limits)], limits)
    tensors = []
    for name, nested in value.items():
        check_name(field, name)
        tensors.append(tensor_of(f"{field}.{name}", name, nested, limits))
    return gathered(field, tensors, limits)


def tensor_of(field: str, name: str, nested: Any, limits: TableLimits) -> Tensor:
    """The tensor of a list or array of rows; raises Refusal naming the field, and the row where rows differ."""
    if isinstance(nested, np.ndarray):
        check_shape(field, nested.shape, limits)
        return Tensor(name, nested)
    if not isinstance(nested, list):
        raise TensorError(field, f"must be a list of rows, not {_kind(nested)}")
    cells = np.array(nested, dtype=object)
    check_shape(field, cells.shape, limits)
    plain = _of_plain(name, cells)
    if plain is not None:
        return plain
    types = set(map(type, cells.ravel().tolist()))
    if types & {list, dict}:
        raise UnevenRowsError(field, _unevenness(nested))
    if str in types or bytes in types:
        return _of_mixed(field, name, cells, types, limits)
    return _of_numbers(name, cells, types)


def _of_plain(name: str, cells: Array) -> Tensor | None:
    """Cells that are numbers, null or tokens, which is nearly always so; None where each must be looked at."""
    try:
        values = cells.astype(np.float64)
    except (TypeError, ValueError, OverflowError):  # a list, a text, an integer above 1.8e308
        return None
    finite = np.isfinite(values)
    is_whole = bool(finite.all())
    types = set(map(type, (cells if is_whole else cells[finite]).ravel().tolist()))
    if str in types or bytes in types:  # numpy reads "1.5" as a number
        return None
    if is_whole and float not in types:
        return _of_numbers(name, cells, types)
    if any(type(cell) is str and cell not in TOKENS for cell in cells[~finite]):
        return None
    sent = _sent_codes(cells, np.flatnonzero(~finite))
    return Tensor(name, values, sent if sent.any() else None)


def _of_mixed(field: str, name: str, cells: Array, types: set[type], limits: TableLimits) -> Tensor:
    """Cells of which some are text: numbers when the only texts are the tokens, else all text, bytes as base64."""
    texts = {cell for cell in cells.flat if type(cell) is str}
    if bytes not in types and texts <= TOKENS.keys():
        flat = [TOKENS[cell] if type(cell) is str else cell for cell in cells.flat]
        numbers = np.empty(cells.size, dtype=object)
        numbers[:] = flat
        return _of_numbers(name, numbers.reshape(cells.shape), (types - {str}) | {float})
    sent = np.zeros(cells.shape, np.uint8)
    if types != {str}:
        cells, sent = _as_text(cells), _sent_codes(cells)
    return Tensor(name, text_array(field, cells, limits), sent if sent.any() else None)


def _of_numbers(name: str, cells: Array, types: set[type]) -> Tensor:
    """All bool stays bool, all int stays int64 while it fits; anything else is float64 with null as NaN."""
    if types == {bool}:
        return Tensor(name, cells.astype(np.bool_))
    if float not in types and type(None) not in types:
        try:
            return Tensor(name, cells.astype(np.int64))
        except OverflowError:
            pass
    values = _as_float64(cells)
    if np.isfinite(values).all():
        return Tensor(name, values)
    sent = _sent_codes(cells, np.flatnonzero(~np.isfinite(values)))
    return Tensor(name, values, sent if sent.any() else None)


def _as_float64(cells: Array) -> NDArray[np.float64]:
    try:
        return cells.astype(np.float64)
    except OverflowError:  # an integer above 1.8e308
        return np.array([_number(cell) for cell in cells.flat]).reshape(cells.shape)


def _number(cell: float | None) -> float:
    try:
        return TOKENS["NaN"] if cell is None else float(cell)
    except OverflowError:
        return INFINITY if cell is not None and cell > 0 else MINUS_INFINITY


def _sent_codes(cells: Array, among: NDArray[np.intp] | None = None) -> NDArray[np.uint8]:
    """`Sent` of each cell; only the flat positions `among` can be anything but values."""
    sent = np.zeros(cells.size, np.uint8)
    positions = np.arange(cells.size) if among is None else among
    found = cells.ravel()[positions]
    sent[positions] = np.fromiter(map(_code, found), np.uint8, len(found))
    return sent.reshape(cells.shape)


def _code(cell: Any) -> int:
    if cell is None:
        return Sent.MISSING
    if type(cell) is bytes:
        return Sent.BYTES
    is_token = cell is INFINITY or cell is MINUS_INFINITY
    if is_token or type(cell) not in (int, float) or abs(_number(cell)) != INFINITY:
        return Sent.VALUE
    return Sent.OVERFLOW


def _as_text(cells: Array) -> Array:
    texts = np.empty(cells.size, dtype=object)
    texts[:] = [_json_text(cell) for cell in cells.flat]
    return texts.reshape(cells.shape)


def _json_text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bytes):
        return base64.b64encode(cell).decode()
    return "" if cell is None else json.dumps(cell)


def _unevenness(nested: list[Any]) -> str:
    """Why the nested list is no tensor, by the first row that differs from row 0."""
    first = row_shape(nested[0])
    for index, row in enumerate(nested):
        shape = row_shape(row)
        if isinstance(shape, str):
            return f"row {index} {shape}"
        if shape != first:
            return f"row {index} has shape {list(shape)}, row 0 has shape {list(first)}; all rows must be alike"
    return "is not a rectangular list of rows"


def row_shape(row: Any) -> tuple[int, ...] | str:
    """The shape of one row, or what is wrong inside it."""
    if isinstance(row, dict):
        return _about_object(row, "is an object; send a list of values in the order of the features")
    if not isinstance(row, list):
        return ()
    cells = np.array(row, dtype=object)
    types = set(map(type, cells.ravel()))
    if dict in types:
        found = next(cell for cell in cells.ravel() if isinstance(cell, dict))
        return _about_object(found, "holds an object where a value belongs")
    return "is ragged inside: its lists have different lengths" if list in types else cells.shape


def _about_object(value: Mapping[str, Any], otherwise: str) -> str:
    return "holds a `b64` that is not base64" if value.keys() == {"b64"} else otherwise


def _kind(value: Any) -> str:
    names = {dict: "an object", str: "a text", type(None): "null", bool: "a boolean"}
    return names.get(type(value), "a number")
