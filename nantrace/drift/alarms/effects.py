"""How many cells of a window count as one, because they resemble each other: design effects.

The order of the reference shows them, and where it does not, the order of the rows themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.alarms.spread import clustering_within, surely_narrow, variance_ratio
from nantrace.drift.blocks import BLOCKS, MISSING, NOVEL, SHAPE, at_length, in_order, missing_effect, shape_effect
from nantrace.drift.columns import columns_of
from nantrace.drift.layout import TensorLayout
from nantrace.drift.profile import Profile
from nantrace.drift.window import TensorWindow, Window
from nantrace.tensors.tensor import Sent, Tensor

OUTAGES = 0.05  # intraclass correlation of missing cells before order shows it: a window is 20 groups at most
SEGMENTS = (32, 8)  # as many as have at least the shortest length, 1 if none
SHORTEST = 8  # rows
STRETCH = 0.5  # intraclass correlation of rows that are a stretch of unknown surroundings: two groups at most
LEAST_NARROW, NARROW_FEATURES = 0.1, 0.25  # of the variance, and of all features: such rows are a stretch
STRETCH_WITHIN, AS_WIDE = 0.2, 0.5  # of the reference's variance, inside what its order calls one cluster; of others
LEFT_OUT = 0.1  # of the differences
LEAST_EQUAL = 20  # cells of one value
MORE = 20  # cells than the reference holds: a small one may hold only a part of a cluster
SHARED = 2.0  # design effect that all features show, from which on a narrow one is narrow as they are

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


def cautious_effects(
    profile: Profile, window: Window, *, outages: bool = True, shared: float = 1.0
) -> Sequence[Effects]:
    """The same, and where order shows nothing, what clusters there may be all the same.

    Rows that are surely narrower than the reference, in several features, are a stretch of something that it holds more
    of. Missing cells of a feature that has some in the reference come in `outages`; of one that never had any they are
    new, however they come. `shared`: the design effect that all features show together. Where the reference is in the
    order of one of its columns, and not of time, rows that are as wide as all of it are none of its stretches.
    """
    known = effects(profile, window)
    parts = list(zip(profile.tensors, window.tensors, profile.reference.tensors, strict=True))
    if ordered(profile):
        return [_of_no_stretch(*each, one) for each, one in zip(parts, known, strict=True)]
    narrow = [surely_narrow(*each) for each in parts]
    stretch = STRETCH if _is_stretch(np.concatenate([np.zeros(0), *narrow])) else 0.0
    share = OUTAGES if outages else 0.0
    believed = float(stretch > 0 or shared >= SHARED)
    return [
        _supposed(*each, one, np.maximum(short * believed, stretch), share)
        for each, one, short in zip(parts, known, narrow, strict=True)
    ]


def _is_stretch(narrow: Floats) -> bool:
    """A single narrow feature may be a fault."""
    return int((narrow >= LEAST_NARROW).sum()) >= max(NARROW_FEATURES * len(narrow), 2)


def _of_no_stretch(layout: TensorLayout, window: TensorWindow, reference: TensorWindow, known: Effects) -> Effects:
    cells = window.finite.astype(np.float64)
    effect = at_length(layout.clustering[:, SHAPE], reference.finite.astype(np.float64), cells)
    within = 1.0 - (effect - 1.0) / np.maximum(cells - 1.0, 1.0)
    sorted_by = (within <= STRETCH_WITHIN) & (variance_ratio(layout, window, reference) >= AS_WIDE)
    return Effects(*(np.where(sorted_by, 1.0, each) for each in (known.shape, known.missing, known.novel)))


def _of_tensor(layout: TensorLayout, window: TensorWindow, reference: TensorWindow) -> Effects:
    finite, known_finite = window.finite.astype(np.float64), reference.finite.astype(np.float64)
    cells, known = (np.full(layout.features, float(side.cells)) for side in (window, reference))
    shape = shape_effect(layout.clustering, known_finite, finite)
    together = at_length(layout.clustering[:, NOVEL], known_finite, finite)
    return Effects(shape, missing_effect(layout.clustering, known, cells), np.maximum(shape, together))


def _supposed(
    layout: TensorLayout, window: TensorWindow, reference: TensorWindow, known: Effects, narrow: Floats, outages: float
) -> Effects:
    """`narrow`: intraclass correlation for the distribution, (features,); `outages`: for missing cells."""
    out = np.where(reference.finite < reference.cells, outages, 0.0)
    alike = clustering_within(layout, window, reference)
    others = np.maximum(window.finite, 1) - 1
    missing = np.maximum(known.missing, 1.0 + (max(window.cells, 1) - 1) * out)
    novel = np.maximum(known.novel, 1.0 + others * np.maximum(alike, narrow))
    return Effects(np.maximum(known.shape, 1.0 + others * narrow), missing, novel)


def serial_effects(segments: Sequence[Window], *, growing: bool = False) -> list[Effects]:
    """Design effects of all rows of consecutive windows, for each tensor; 1 where `SEGMENTS` has not their number.

    Looked at are differences of neighbours (von Neumann 1941), for the distribution without the largest ones: a fault
    that begins halfway through the rows makes one large difference and no clustering, an afternoon of delays and quiet
    hours make many. Of missing cells all differences count, since outages are few and long.
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
            clustering[:, MISSING, scale] = _serial_effect(
                _joined(absent, number), _joined(everything, number), left_out=0.0
            )
    rows = finite.sum(axis=0)
    clustering = np.maximum(clustering, 1.0)
    shape = shape_effect(clustering, rows, rows / reach)
    whole = np.full(len(rows), cells.sum())
    if reach == 1 and in_order(clustering):
        shape = np.maximum(shape, 1.0 + (np.maximum(rows, 1.0) - 1.0) * STRETCH)
    return Effects(shape, missing_effect(clustering, whole, whole / reach), shape)


def _joined(counts: Floats, number: int) -> Floats:
    """Counts (segments, ...) of `number` segments, each of several consecutive ones."""
    return np.asarray(counts.reshape(number, -1, *counts.shape[1:]).sum(axis=1))


def _serial_effect(counts: Floats, cells: Floats, left_out: float = LEFT_OUT) -> Floats:
    """Mean square of neighbours' differences over that of independent cells; counts (segments, features, bins)."""
    totals = cells.sum(axis=0)
    share = counts.sum(axis=0) / np.maximum(totals, 1.0)[:, None]
    binomial = (share * (1 - share)).sum(axis=1)
    rates = counts / np.maximum(cells, 1.0)[:, :, None]
    weight = 1.0 / (1.0 / np.maximum(cells[1:], 1.0) + 1.0 / np.maximum(cells[:-1], 1.0))
    squares = np.sort(weight * ((rates[1:] - rates[:-1]) ** 2).sum(axis=2), axis=0)
    kept = squares[: len(squares) - int(np.ceil(left_out * len(squares)))]
    return np.where(binomial > 0, kept.mean(axis=0) / np.where(binomial > 0, binomial, 1.0), 1.0)


def grouped_by_value(
    shape: Floats, layout: TensorLayout, window: TensorWindow, reference: TensorWindow, tensor: Tensor | None
) -> Floats:
    """Design effects of the distributions, `shape` (features,), with what equal cells show whatever the order is.

    No cluster is much larger than all that the reference holds in the bins that the window uses. And cells that all
    hold one value, which the reference holds seldom, come in groups as large as its own. `tensor`: the rows.
    """
    held = MORE + np.where(window.bins > 0, reference.bins, 0).sum(axis=1).astype(np.float64)
    equals = _group_of_equals(layout, tensor)
    return np.maximum(np.where(np.isfinite(equals), equals, np.minimum(shape, held)), 1.0)


def _group_of_equals(layout: TensorLayout, tensor: Tensor | None) -> Floats:
    """Infinite for features that hold several values, or one that the reference holds often."""
    if tensor is None or layout.text or not tensor.rows:
        return np.full(layout.features, np.inf)
    columns = columns_of(tensor)
    cells = columns.values.astype(np.float64)
    known = np.isfinite(cells) if columns.sent is None else np.isfinite(cells) & (columns.sent == Sent.VALUE)
    low, high = (pick(np.where(known, cells, end), axis=0) for pick, end in ((np.min, np.inf), (np.max, -np.inf)))
    bins = [edges.searchsorted(value, side="right") for edges, value in zip(layout.edges, low, strict=True)]
    rare = ~layout.atoms[np.arange(layout.features), bins] & (known.sum(axis=0) >= LEAST_EQUAL)
    return np.where((low == high) & rare, layout.repeats, np.inf)
