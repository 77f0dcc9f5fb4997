"""The Wasserstein distance of a window from its reference, tails included.

Outside the reference's range the reference has no mass, and what it costs to move a cell there is its distance from the
range: the window sums these distances, so the tails are exact however far they lie. Inside a bin both distributions are
taken to rise as the reference does, whose mean in the bin says where its mass lies.
"""

import numpy as np
from numpy.typing import NDArray

from monitoring.drift.layout import TensorLayout
from monitoring.drift.tensor_window import TensorWindow

Floats = NDArray[np.float64]

LARGEST = np.finfo(np.float64).max


def wasserstein(layout: TensorLayout, p: Floats, q: Floats, current: TensorWindow) -> Floats:
    """The first Wasserstein distance in the unit of each feature, (features,); p, q: shares (features, bins)."""
    cells = np.maximum(current.finite, 1)
    tails = current.below.distance.totals() / cells + current.above.distance.totals() / cells
    edges = np.clip(layout.edges, -LARGEST, LARGEST) / 2  # halved: the widest range of floats is no float
    widths = np.diff(edges, axis=1)
    late = (edges[:, 1:] - layout.means[:, 1:-1] / 2) / np.where(widths > 0, widths, 1.0)
    risen = np.clip(np.where(p[:, 1:-1] > 0, late, 0.5), 0.0, 1.0)  # mean height of the rise inside a bin
    between = np.cumsum(q - p, axis=1)
    with np.errstate(over="ignore"):
        inside = (_mean_size(between[:, :-2], between[:, 1:-1], risen) * widths * 2).sum(axis=1)
        return np.asarray(np.minimum(inside + tails, LARGEST))


def _mean_size(start: Floats, stop: Floats, risen: Floats) -> Floats:
    """Mean absolute difference inside bins, at whose edges the cumulative shares differ by `start` and `stop`."""
    same_sign = np.abs(start * (1 - risen) + stop * risen)
    across = (start**2 + stop**2) / (2 * np.maximum(np.abs(start) + np.abs(stop), 1e-300))
    return np.where(start * stop >= 0, same_sign, across)
