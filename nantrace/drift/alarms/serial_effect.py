"""How much consecutive segments of the same rows differ: their clustering, when nothing else shows it.

Looked at are differences of neighbours (von Neumann 1941), without the largest ones: a fault that begins halfway
through the rows makes one large difference and no clustering, an afternoon of delays and quiet hours make many. What
changes more slowly than that is not seen. Where the reference's order shows it, the effect of the longest segments
is taken for that of all rows; where it does not, segments are taken to differ the more the longer they are, as those
that were looked at do, and all rows of a clustered file are a few groups.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.alarms.effects import Effects
from nantrace.drift.blocks import BLOCKS, MISSING, SHAPE, in_order, missing_effect, shape_effect
from nantrace.drift.tensor_window import TensorWindow
from nantrace.drift.window import Window

SEGMENTS = (32, 8)  # as many as have at least the shortest length, 1 if none
SHORTEST = 8  # rows
UNSEEN = 0.1  # intraclass correlation of all rows in a file that is clustered: ten groups at most
LEFT_OUT = 0.1  # of the differences

Floats = NDArray[np.float64]


def serial_effects(segments: Sequence[Window], *, growing: bool = False) -> list[Effects]:
    """Design effects of all rows of consecutive windows, for each tensor; 1 where `SEGMENTS` has not their number.

    `growing`: segments as long as all rows are taken to differ more than those that can be compared.
    """
    reach = 1 if growing else SEGMENTS[-1]
    return [_of_tensor(list(tensors), reach) for tensors in zip(*(window.tensors for window in segments), strict=True)]


def _of_tensor(segments: list[TensorWindow], reach: int) -> Effects:
    bins = np.stack([segment.bins for segment in segments]).astype(np.float64)
    finite, cells = bins.sum(axis=2), np.array([float(segment.cells) for segment in segments])
    clustering = np.ones((bins.shape[1], 3, len(BLOCKS)))
    if len(segments) in SEGMENTS:
        absent = cells[:, None, None] - finite[:, :, None]
        everything = np.broadcast_to(cells[:, None], finite.shape)
        for number in SEGMENTS[SEGMENTS.index(len(segments)) :]:
            scale = BLOCKS.index(number)
            clustering[:, SHAPE, scale] = _effect(_joined(bins.cumsum(axis=2), number), _joined(finite, number))
            clustering[:, MISSING, scale] = _effect(_joined(absent, number), _joined(everything, number))
    rows = finite.sum(axis=0)
    clustering = np.maximum(clustering, 1.0)
    shape = shape_effect(clustering, rows, rows / reach)
    whole = np.full(len(rows), cells.sum())
    if reach == 1 and in_order(clustering):
        shape = np.maximum(shape, 1.0 + (np.maximum(rows, 1.0) - 1.0) * UNSEEN)
    return Effects(shape, missing_effect(clustering, whole, whole / reach), shape)


def _joined(counts: Floats, number: int) -> Floats:
    """Counts (segments, ...) of `number` segments, each of several consecutive ones."""
    return np.asarray(counts.reshape(number, -1, *counts.shape[1:]).sum(axis=1))


def _effect(counts: Floats, cells: Floats) -> Floats:
    """Mean square of neighbours' differences over that of independent cells; counts (segments, features, bins)."""
    totals = cells.sum(axis=0)
    share = counts.sum(axis=0) / np.maximum(totals, 1.0)[:, None]
    binomial = (share * (1 - share)).sum(axis=1)
    rates = counts / np.maximum(cells, 1.0)[:, :, None]
    weight = 1.0 / (1.0 / np.maximum(cells[1:], 1.0) + 1.0 / np.maximum(cells[:-1], 1.0))
    squares = np.sort(weight * ((rates[1:] - rates[:-1]) ** 2).sum(axis=2), axis=0)
    kept = squares[: len(squares) - int(np.ceil(LEFT_OUT * len(squares)))]
    return np.where(binomial > 0, kept.mean(axis=0) / np.where(binomial > 0, binomial, 1.0), 1.0)
