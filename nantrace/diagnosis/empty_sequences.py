"""Sequences and masks with no valid position: does one valid position cure the row?"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import Case, Mask
from nantrace.diagnosis.cells import limits
from nantrace.diagnosis.edit import Edit
from nantrace.mistakes.conversions import is_known_sentinel
from nantrace.tensors.tensor import Tensor, Tensors

Array = NDArray[Any]
LITTLE = 1e-3  # of the spread: enough not to be the padding value, too little to matter otherwise


def valid_position(case: Case, rows: Tensors, healthy: Tensors) -> Edit:
    """The first position of every empty sequence or mask becomes one that the model knows.

    A row that does not vary also fails where its own spread divides; so does it with another value throughout, which
    is the control: that is no padding, and cures a sequence which had nothing but padding. Of a mask the last position
    is as good as the first; a switch that something is divided by is not.
    """
    empty = {tensor.name: _empty_rows(case, tensor, healthy) for tensor in rows}

    def edit(cells: Callable[[Tensor, Mask], Mask], value: Callable[[Case, Tensor, Tensors], Array]) -> Edit:
        return Edit(
            "valid_position",
            "mask_empty",
            {one.name: np.broadcast_to(value(case, one, healthy), one.values.shape) for one in rows},
            {one.name: cells(one, empty[one.name]) for one in rows},
            "empty sequences got one valid position",
        )

    def instead(tensor: Tensor, empty: Mask) -> Mask:
        return (_last_position if _is_mask(case, tensor) else _every_position)(tensor, empty)

    return replace(edit(_first_position, _valid), control=edit(instead, _no_padding))


def _empty_rows(case: Case, tensor: Tensor, healthy: Tensors) -> Mask:
    """Rows of tokens or of a series whose positions are all alike, masks and lengths that are all 0, wordless texts."""
    values = tensor.values
    flat = values.reshape(tensor.rows, -1)
    none = np.zeros(tensor.rows, bool)
    if not flat.shape[1]:
        return none
    if values.dtype.kind == "U":
        return np.array([not any(map(str.isalnum, "".join(row))) for row in flat.tolist()], bool)
    if _is_mask(case, tensor):
        return np.asarray((flat == 0).all(axis=1))
    alike = np.asarray((flat == flat[:, :1]).all(axis=1))
    if values.dtype.kind in "iub" and flat.shape[1] > 1:
        return alike & _pads(flat[:, 0], healthy.by_name[tensor.name].values if healthy.rows else flat[:0])
    if values.dtype.kind in "iub":
        return np.asarray((flat == 0).all(axis=1)) if _is_length(case, tensor) else none
    return alike if values.ndim == 3 else none


def is_padding(case: Case, rows: Tensors, healthy: Tensors, name: str, value: float) -> bool:
    """Whether some of the rows hold nothing but this whole number, which stands at one end only of the others."""
    tensor = rows.by_name[name]
    if tensor.values.dtype.kind not in "iu" or is_known_sentinel(value):
        return False
    flat = tensor.values.reshape(tensor.rows, -1)
    return bool((flat[_empty_rows(case, tensor, healthy)] == value).any())


def _pads(values: Array, healthy: Array) -> Mask:
    """Which values stand in the sequences of `healthy` (rows, ...) at one end only, as padding does; counts do not."""
    flat = healthy.reshape(len(healthy), -1) if len(healthy) else np.zeros((0, 1))
    found = np.zeros(len(values), bool)
    for value in np.unique(values):
        padding = flat == value
        some = padding.any(axis=1) & ~padding.all(axis=1)
        turns = (padding[:, 1:] != padding[:, :-1]).sum(axis=1)
        found |= (values == value) & bool((turns[some] == 1).all())
    return found


def _is_mask(case: Case, tensor: Tensor) -> bool:
    """Whether an input holds 0 and 1 only, one for each position of another input's sequence."""
    if tensor.values.ndim != 2 or tensor.values.dtype.kind not in "fiub":
        return False
    steps = tensor.values.shape[1]
    series = [one.values for one in case.inputs if one.name != tensor.name and one.values.ndim == 2 and steps > 1]
    has_steps = any(values.shape[1] == steps for values in [*_other_sequences(case, tensor), *series])
    return has_steps and bool(np.isin(case.inputs.by_name[tensor.name].values, (0, 1)).all())


def _is_length(case: Case, tensor: Tensor) -> bool:
    """Whether whole numbers, one a row, can be how much of another input's sequence is valid."""
    longest = case.inputs.by_name[tensor.name].values.max(initial=0)
    return any(1 < values.shape[1] >= longest for values in _other_sequences(case, tensor))


def _other_sequences(case: Case, tensor: Tensor) -> list[Array]:
    others = [one.values for one in case.inputs if one.name != tensor.name]
    return [values for values in others if values.ndim >= 3 or (values.ndim == 2 and values.dtype.kind in "iu")]


def _every_position(tensor: Tensor, empty: Mask) -> Mask:
    return np.broadcast_to(empty.reshape(-1, *([1] * (tensor.values.ndim - 1))), tensor.values.shape).copy()


def _first_position(tensor: Tensor, empty: Mask) -> Mask:
    """The cells of position 0 in empty rows: one cell of a sequence or mask, all channels of a series."""
    cells = np.zeros(tensor.values.shape, bool)
    if tensor.values.ndim == 1:
        cells[empty] = True
    else:
        cells[empty, 0] = True
    return cells


def _last_position(tensor: Tensor, empty: Mask) -> Mask:
    """The same of the last position of a mask."""
    return np.flip(_first_position(tensor, empty), axis=1)


def _no_padding(case: Case, tensor: Tensor, healthy: Tensors) -> Array:
    """What every position of an empty row can be instead: as alike as before, and not the padding."""
    if tensor.values.dtype.kind != "f" or _is_mask(case, tensor):
        return _valid(case, tensor, healthy)
    spread = limits(case, tensor.name).std
    width = np.nanmax(spread) if np.isfinite(spread).any() else 1.0
    return _in_few_bits(tensor.values + LITTLE * width)


def _in_few_bits(values: Array) -> Array:
    """The next larger numbers of 12 bits: the mean of many of one is that one, and their spread 0, in float32 too."""
    _, exponent = np.frexp(values)
    step = np.ldexp(1.0, exponent - 12)
    return np.asarray(np.ceil(values / step) * step)


def _valid(case: Case, tensor: Tensor, healthy: Tensors) -> Array:
    if tensor.values.dtype.kind == "U":
        return _words(case, tensor, healthy)
    if tensor.values.dtype.kind == "b" or _is_mask(case, tensor):
        return np.asarray(1, tensor.values.dtype)
    if tensor.values.dtype.kind in "iu":
        used = healthy.by_name[tensor.name].values if healthy.rows else np.zeros(0, np.int64)
        common, counts = np.unique(used, return_counts=True)
        order = [int(token) for token in common[np.argsort(-counts)][:2]] or [1]
        padding = tensor.values.reshape(tensor.rows, -1)[:, :1]
        other = np.where(padding == order[0], order[-1] if len(order) > 1 else order[0] + 1, order[0])
        return other.reshape(-1, *([1] * (tensor.values.ndim - 1))).astype(tensor.values.dtype)
    typical = limits(case, tensor.name).mean
    return np.where(np.isfinite(typical), typical, 1.0) + LITTLE  # not the padding value, should the mean be it


def _words(case: Case, tensor: Tensor, healthy: Tensors) -> Array:
    """A text with a word in it, of the rows that pass or else of the training."""
    known = case.feature_reference(tensor.name, 0)
    texts = [
        *(healthy.by_name[tensor.name].values.ravel() if healthy.rows else []),
        *(known.distinct or [] if known else []),
    ]
    return np.array(next((str(text) for text in texts if any(map(str.isalnum, str(text)))), "a"))
