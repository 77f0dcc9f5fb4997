"""Distances of two distributions over the same bins. No result is NaN or infinite.

`p` and `q` are shares of the finite cells of the reference and of the window, float64 of shape (features, bins).
"""

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.layout import TensorLayout
from nantrace.drift.window import Counts, TensorWindow

SMALLEST_SHARE = 1e-4  # stands for an empty group in the PSI, whose logarithm has no value there
GROUPS = 20  # of neighbouring bins: PSI and JS of a hundred bins would be large for the noise of a thousand rows
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
LARGEST, SMALLEST = np.finfo(np.float64).max, np.finfo(np.float64).tiny


def grouped(layout: TensorLayout, reference: Counts, *shares: Floats) -> list[Floats]:
    """Each of the shares (features, bins) as shares of groups of bins, (features, groups), the unused ones 0.

    Bin j, of n[j] of the reference's N cells, belongs to group floor(20 (n[0] + ... + n[j - 1] + n[j] / 2) / N); below
    and above the range are groups of their own, and so is every bin of a category.
    """
    features, bins = reference.shape
    width = max(bins, GROUPS + 2)
    middles = 2 * np.cumsum(reference, axis=1) - reference
    cells = np.maximum(2 * reference.sum(axis=1, keepdims=True), 1)
    groups = 1 + np.minimum(middles * GROUPS // cells, GROUPS - 1)
    groups[:, 0], groups[:, -1] = 0, GROUPS + 1
    groups = np.where(layout.category[:, None], np.arange(bins), groups)
    flat = (groups + np.arange(features)[:, None] * width).ravel()
    sums = (np.bincount(flat, one.ravel(), features * width) for one in shares)
    return [np.asarray(one, np.float64).reshape(features, width) for one in sums]


def psi(p: Floats, q: Floats) -> Floats:
    """Population stability index of shares (features, groups): the sum of (q - p) ln(q / p)."""
    both = (p > 0) | (q > 0)
    low_p, low_q = np.maximum(p, SMALLEST_SHARE), np.maximum(q, SMALLEST_SHARE)
    return np.asarray(np.where(both, (low_q - low_p) * np.log(low_q / low_p), 0.0).sum(axis=1))


def ks(p: Floats, q: Floats, atoms: Flags) -> Floats:
    """Kolmogorov-Smirnov distance of shares (features, bins) in ascending order.

    Between two edges the difference may be larger than at both, by what the two hold in that bin at most. Where they
    hold about as much they are taken to rise alike, where they do not, half of that is added; a bin of a single
    value hides nothing.
    """
    between = np.abs(np.cumsum(q - p, axis=1))
    largest = np.concatenate([between[:, :1], np.maximum(between[:, 1:], between[:, :-1])], axis=1)
    hidden = np.where(atoms, 0.0, np.minimum(np.minimum(p, q) / 2, np.abs(q - p)))
    return np.asarray(np.minimum((largest + hidden).max(axis=1, initial=0.0), 1.0))


def js(p: Floats, q: Floats) -> Floats:
    """Jensen-Shannon distance of shares (features, groups): the square root of the divergence in bits."""
    middle = (p + q) / 2
    divergence = (_relative_entropy(p, middle) + _relative_entropy(q, middle)) / 2
    return np.asarray(np.sqrt(np.clip(divergence, 0.0, 1.0)))


def chi_square(reference: Counts, current: Counts) -> Floats:
    """Pearson's chi-square statistic of two rows of counts (features, bins) having the same shares."""
    pooled = (reference + current).astype(np.float64)
    total = np.maximum(pooled.sum(axis=1, keepdims=True), 1)
    parts = []
    for counts in (reference, current):
        expected = pooled * (counts.sum(axis=1, keepdims=True) / total)
        parts.append(np.where(expected > 0, (counts - expected) ** 2 / np.where(expected > 0, expected, 1), 0.0))
    return np.asarray((parts[0] + parts[1]).sum(axis=1))


def l_infinity(p: Floats, q: Floats) -> Floats:
    """The largest difference of a share (features, bins)."""
    return np.asarray(np.abs(q - p).max(axis=1, initial=0.0))


def _relative_entropy(p: Floats, q: Floats) -> Floats:
    used = p > 0
    return np.asarray((p * np.log2(np.where(used, p, 1.0) / np.where(used, q, 1.0))).sum(axis=1))


def wasserstein(layout: TensorLayout, p: Floats, q: Floats, reference: TensorWindow, current: TensorWindow) -> Floats:
    """The first Wasserstein distance in the unit of each feature, (features,); p, q: shares (features, bins).

    It is the area between the two cumulative distributions, tails included. Outside the range of the reference that is
    the sum of the cells' distances from the range, which the window holds. Inside, both distributions are known at the
    edges, and the area of the reference in a bin from its mean there; the area of the window is first taken to rise in
    a bin as the reference does. But the signed area over the whole range is the difference of the means, which are
    known: the cells of the window are moved within their bins until it fits. Where one distribution lies below the
    other everywhere, the distance is then exact.
    """
    cells = np.maximum(current.finite, 1)
    tails = current.below.distance.totals() / cells + current.above.distance.totals() / cells
    edges = np.clip(layout.edges, -LARGEST, LARGEST) / 2  # halved: the widest range of floats is no float
    widths = np.diff(edges, axis=1)
    p_inside, q_inside = p[:, 1:-1], q[:, 1:-1]
    late = (edges[:, 1:] - layout.means[:, 1:-1] / 2) / np.where(widths > 0, widths, 1.0)
    risen = np.clip(np.where(p_inside > 0, late, 0.5), 0.0, 1.0)  # mean height of the rise inside a bin
    between = np.cumsum(q - p, axis=1)
    start, stop = between[:, :-2], between[:, 1:-1]
    area = (start * (1 - risen) + stop * risen) * widths
    missing = _mean_shift(layout, reference, current) - area.sum(axis=1, keepdims=True)
    room = q_inside * widths * np.where(missing > 0, 1 - risen, risen)
    with np.errstate(over="ignore"):  # without any room the share is cut to 1 of nothing
        share = np.clip(missing / np.maximum(room.sum(axis=1, keepdims=True), SMALLEST), -1.0, 1.0)
    area += room * share
    size = np.where(
        start * stop < 0, _crossing(start, stop, area / np.where(widths > 0, widths, 1.0)) * widths, np.abs(area)
    )
    with np.errstate(over="ignore"):
        return np.asarray(np.minimum(2 * size.sum(axis=1) + tails, LARGEST))


def _mean_shift(layout: TensorLayout, reference: TensorWindow, current: TensorWindow) -> Floats:
    """Half of how far the mean of the cells inside the range has fallen, (features, 1)."""
    full = np.maximum(layout.range_positions.full, 1)
    before, after = (one.steps / np.maximum(one.finite, 1) / full for one in (reference, current))
    return np.asarray((before - after) * (layout.moments.maximum / 2 - layout.moments.minimum / 2))[:, None]


def _crossing(start: Floats, stop: Floats, mean: Floats) -> Floats:
    """Mean absolute difference in bins where it goes from `start` to `stop` through 0, and has this signed mean.

    The difference is taken to rise evenly over a part at one end of the bin, as long as the mean says.
    """
    before = np.clip(
        (stop - mean) / np.where(stop != start, stop - start, 1.0), 0.0, 1.0
    )  # where the rise has its middle
    length = 2 * np.minimum(before, 1 - before)
    rising = (start**2 + stop**2) / (2 * np.maximum(np.abs(start) + np.abs(stop), SMALLEST))
    return np.asarray(length * rising + (1 - length) * np.abs(np.where(before < 0.5, stop, start)))
