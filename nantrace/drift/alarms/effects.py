"""How many cells of a window count as one, because they resemble each other: design effects.

The order of the reference shows them, and where it does not, the order of the rows themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.alarms.spread import clustering_within
from nantrace.drift.blocks import BLOCKS, MISSING, NOVEL, SHAPE, at_length, in_order, missing_effect, shape_effect
from nantrace.drift.layout import TensorLayout
from nantrace.drift.profile import Profile
from nantrace.drift.window import TensorWindow, Window

OUTAGES = 0.05  # intraclass correlation of missing cells before order shows it: a window is 20 groups at most
SEGMENTS = (32, 8)  # as many as have at least the shortest length, 1 if none
SHORTEST = 8  # rows
UNSEEN = 0.1  # intraclass correlation of all rows in a file that is clustered: ten groups at most
LEFT_OUT = 0.1  # of the differences

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Effects:
    """Of one tensor in one window, arrays of shape (features,), >= 1.

    `shape`: for the distribution; `missing`: for the share of cells without a finite value; `novel`: for cells beyond
    all of the reference, which come in groups as they did there.
    """

    shape: Floats
    missing: Floats
    novel: Floats


def ordered(profile: Profile) -> bool:
    """Whether the reference's rows came in an order that shows how rows of one window resemble each other."""
    return any(in_order(layout.clustering) for layout in profile.tensors)


def effects(profile: Profile, window: Window) -> Sequence[Effects]:
    """Of each tensor, as the order of the reference's rows shows it: 1 where it shows nothing."""
    pairs = zip(profile.tensors, window.tensors, profile.reference.tensors, strict=True)
    return [_of_tensor(*each) for each in pairs]


def cautious_effects(profile: Profile, window: Window) -> Sequence[Effects]:
    """The same, and where order shows nothing, what clusters there may be all the same.

    Numbers beyond the reference are as few as the window is narrow (`spread`). Missing cells of a feature that has some
    in the reference come in outages; of one that never had any they are new, however they come, and so are categories.
    """
    known = effects(profile, window)
    if ordered(profile):
        return known
    pairs = zip(profile.tensors, window.tensors, profile.reference.tensors, known, strict=True)
    return [_supposed(*each) for each in pairs]


def _of_tensor(layout: TensorLayout, window: TensorWindow, reference: TensorWindow) -> Effects:
    finite, known_finite = window.finite.astype(np.float64), reference.finite.astype(np.float64)
    cells, known = (np.full(layout.features, float(side.cells)) for side in (window, reference))
    shape = shape_effect(layout.clustering, known_finite, finite)
    together = at_length(layout.clustering[:, NOVEL], known_finite, finite)
    return Effects(shape, missing_effect(layout.clustering, known, cells), np.maximum(shape, together))


def _supposed(layout: TensorLayout, window: TensorWindow, reference: TensorWindow, known: Effects) -> Effects:
    outages = np.where(reference.finite < reference.cells, OUTAGES, 0.0)
    alike = clustering_within(layout, window, reference)
    missing, novel = 1.0 + (max(window.cells, 1) - 1) * outages, 1.0 + (np.maximum(window.finite, 1) - 1) * alike
    return Effects(known.shape, np.maximum(known.missing, missing), np.maximum(known.novel, novel))


def serial_effects(segments: Sequence[Window], *, growing: bool = False) -> list[Effects]:
    """Design effects of all rows of consecutive windows, for each tensor; 1 where `SEGMENTS` has not their number.

    Looked at are differences of neighbours (von Neumann 1941), without the largest ones: a fault that begins halfway
    through the rows makes one large difference and no clustering, an afternoon of delays and quiet hours make many.
    What changes more slowly than that is not seen. Where the order of the reference shows it, the effect of the longest
    segments is taken for that of all rows; where it does not, segments are taken to differ the more the longer they
    are, as those that were looked at do, and all rows of a clustered file are a few groups.
    `growing`: segments as long as all rows are taken to differ more than those that can be compared.
    """
    reach = 1 if growing else SEGMENTS[-1]
    return [
        _of_segments(list(tensors), reach) for tensors in zip(*(window.tensors for window in segments), strict=True)
    ]


def _of_segments(segments: list[TensorWindow], reach: int) -> Effects:
    bins = np.stack([segment.bins for segment in segments]).astype(np.float64)
    finite, cells = bins.sum(axis=2), np.array([float(segment.cells) for segment in segments])
    clustering = np.ones((bins.shape[1], 3, len(BLOCKS)))
    if len(segments) in SEGMENTS:
        absent = cells[:, None, None] - finite[:, :, None]
        everything = np.broadcast_to(cells[:, None], finite.shape)
        for number in SEGMENTS[SEGMENTS.index(len(segments)) :]:
            scale = BLOCKS.index(number)
            clustering[:, SHAPE, scale] = _serial_effect(_joined(bins.cumsum(axis=2), number), _joined(finite, number))
            clustering[:, MISSING, scale] = _serial_effect(_joined(absent, number), _joined(everything, number))
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


def _serial_effect(counts: Floats, cells: Floats) -> Floats:
    """Mean square of neighbours' differences over that of independent cells; counts (segments, features, bins)."""
    totals = cells.sum(axis=0)
    share = counts.sum(axis=0) / np.maximum(totals, 1.0)[:, None]
    binomial = (share * (1 - share)).sum(axis=1)
    rates = counts / np.maximum(cells, 1.0)[:, :, None]
    weight = 1.0 / (1.0 / np.maximum(cells[1:], 1.0) + 1.0 / np.maximum(cells[:-1], 1.0))
    squares = np.sort(weight * ((rates[1:] - rates[:-1]) ** 2).sum(axis=2), axis=0)
    kept = squares[: len(squares) - int(np.ceil(LEFT_OUT * len(squares)))]
    return np.where(binomial > 0, kept.mean(axis=0) / np.where(binomial > 0, binomial, 1.0), 1.0)
