"""A bounded uniform sample of rows that arrive in batches (Vitter 1985, algorithm R)."""

import numpy as np
from numpy.typing import NDArray

from nantrace.tensors.limits import MIB
from nantrace.tensors.tensor import Tensor, Tensors

MOST_ROWS = 1_000
MOST_BYTES = 4 * MIB


def capacity(rows: Tensors) -> int:
    """How many rows like these a sample holds: 1,000, or what fits into 4 MiB."""
    if not rows.rows:
        return MOST_ROWS
    size = sum(_bytes(tensor) for tensor in rows) / rows.rows
    return min(MOST_ROWS, int(MOST_BYTES // max(size, 1)))


def draw(kept: Tensors | None, seen: int, arrived: Tensors, rng: np.random.Generator) -> Tensors | None:
    """The sample after `arrived`, where `kept` stands for `seen` rows so far; None when it does not change.

    Each of the `seen + arrived.rows` rows is in it with the same probability.
    """
    size = capacity(arrived)
    if kept is None:
        kept, seen = arrived.take(np.arange(0)), 0
    places = _places(min(kept.rows, size), size, seen, arrived.rows, rng)
    if np.array_equal(places, np.arange(kept.rows)):
        return None
    return joined(kept, arrived).take(np.where(places < 0, kept.rows - 1 - places, places))


def joined(one: Tensors, other: Tensors) -> Tensors:
    """The rows of both, of tensors that `alike` has found to fit."""
    return Tensors.of(*(_joined(tensor, other.by_name[tensor.name]) for tensor in one))


def alike(one: Tensors, other: Tensors) -> bool:
    """Whether the rows of both can be in one sample: the same names and row shapes, text with text only."""
    return one.by_name.keys() == other.by_name.keys() and all(
        tensor.values.shape[1:] == other.by_name[tensor.name].values.shape[1:]
        and (tensor.values.dtype.kind == "U") == (other.by_name[tensor.name].values.dtype.kind == "U")
        for tensor in one
    )


def _places(filled: int, size: int, seen: int, arrived: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """For every place of the sample the row in it: 0, 1, ... of those kept, -1, -2, ... of those that arrived."""
    first = min(arrived, size - filled)
    places = np.concatenate([np.arange(filled), -1 - np.arange(first)])
    later = np.arange(first, arrived)
    chosen = np.floor(rng.random(len(later)) * (seen + later + 1)).astype(np.intp)
    drawn = chosen < len(places)
    places[chosen[drawn]] = -1 - later[drawn]  # of rows that draw one place the last has it
    return places


def _joined(one: Tensor, other: Tensor) -> Tensor:
    values = np.concatenate([one.values, other.values])
    if one.sent is None and other.sent is None:
        return Tensor(one.name, values)
    return Tensor(one.name, values, np.concatenate([_sent(one), _sent(other)]))


def _sent(tensor: Tensor) -> NDArray[np.uint8]:
    return np.zeros(tensor.values.shape, np.uint8) if tensor.sent is None else tensor.sent


def _bytes(tensor: Tensor) -> int:
    return int(tensor.values.nbytes) + (0 if tensor.sent is None else int(tensor.sent.nbytes))
