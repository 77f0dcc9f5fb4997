"""A tensor as columns: what drift calls a feature, and the cells that belong to it.

Up to two dimensions every column is a feature. From three dimensions on a feature is a channel of the last axis, and
its cells are those of evenly spaced positions: an image has more pixels than a distribution needs.
"""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.tensors.tensor import Tensor

MAX_FEATURES = 10_000
MAX_POSITIONS = 64

Array = NDArray[Any]


@dataclass(frozen=True)
class Columns:
    """The watched cells of one tensor.

    `values` has the shape (cells, features) and is float32, float64 or unicode; integers and booleans come as floats,
    the float32 that holds their dtype when there is one, else float64 (whole numbers beyond 2**53 are rounded). `sent`
    holds the `Sent` codes of the same cells or is None. `index` (features,) is the place of each feature on the last
    axis. `summary` says in a sentence what was left out, "" when nothing was.
    """

    values: Array
    sent: NDArray[np.uint8] | None
    index: NDArray[np.int64]
    summary: str

    @property
    def text(self) -> bool:
        return self.values.dtype.kind == "U"


def columns_of(tensor: Tensor) -> Columns:
    """The columns of a tensor of shape (rows, ...); the choice depends on its shape behind the rows only."""
    shape = tensor.values.shape
    width = shape[-1] if len(shape) > 1 else 1
    places = prod(shape[1:-1])
    index, positions = evenly_spaced(width, MAX_FEATURES), evenly_spaced(places, MAX_POSITIONS)

    def chosen(array: Array) -> Array:
        cut = array.reshape(shape[0], places, width)
        if len(positions) < places:
            cut = cut[:, positions]
        if len(index) < width:
            cut = cut[:, :, index]
        return cut.reshape(shape[0] * len(positions), len(index))

    sent = None if tensor.sent is None else chosen(tensor.sent)
    return Columns(as_floats(chosen(tensor.values)), sent, index, _summary(width, len(index), places, len(positions)))


def evenly_spaced(total: int, limit: int) -> NDArray[np.int64]:
    """At most `limit` indices below `total`, the first and the last among them."""
    if total <= limit:
        return np.arange(total)
    return np.linspace(0, total - 1, limit).round().astype(np.int64)


def as_floats(values: Array) -> Array:
    """Numbers in the narrowest of float32 and float64 that holds their dtype; texts as they are."""
    if values.dtype.kind == "U":
        return values
    narrow = np.can_cast(values.dtype, np.float32, "safe")
    with np.errstate(over="ignore", invalid="ignore"):  # a signalling NaN is a NaN
        return values.astype(np.float32 if narrow else np.float64, copy=False)


def _summary(width: int, features: int, places: int, positions: int) -> str:
    left_out = []
    if positions < places:
        left_out.append(f"{positions} of {places} positions of each row")
    if features < width:
        left_out.append(f"{features} of {width} features")
    return f"Watched are {' and '.join(left_out)}, evenly spaced." if left_out else ""
