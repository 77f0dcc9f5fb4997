"""The Wasserstein distance of a window from its reference, tails included.

It is the area between the two cumulative distributions. Outside the reference's range that is the sum of the cells'
distances from the range, which the window holds. Inside, both distributions are known at the edges, and the reference's
area in a bin from its mean there; the window's is first taken to rise in a bin as the reference does. But the signed
area over the whole range is the difference of the means, which are known: the window's cells are moved within their
bins until it fits. Where one distribution lies below the other everywhere, the distance is then exact.
"""

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.layout import TensorLayout
from nantrace.drift.tensor_window import TensorWindow

Floats = NDArray[np.float64]

LARGEST, SMALLEST = np.finfo(np.float64).max, np.finfo(np.float64).tiny


def wasserstein(layout: TensorLayout, p: Floats, q: Floats, reference: TensorWindow, current: TensorWindow) -> Floats:
    """The first Wasserstein distance in the unit of each feature, (features,); p, q: shares (features, bins)."""
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
