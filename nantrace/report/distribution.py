"""Where the values of a feature lie, seen from its reference."""

import numpy as np

from nantrace.drift.comparison import Comparison

PARTS = 12


def shares_by_part(comparison: Comparison, feature: int) -> list[float]:
    """The shares, 0 to 1, of a feature's finite cells in 12 parts that hold equal shares of the reference.

    The first part is the lowest. An outer bin goes to its neighbour. All are 0 where either side has no such cell.
    """
    tensor, place = comparison.features.locate(feature)
    known = comparison.features.profile.reference.tensors[tensor].bins[place]
    seen = comparison.window.tensors[tensor].bins[place]
    if not known.sum() or not seen.sum():
        return [0.0] * PARTS
    middle = (known.cumsum() - known / 2) / known.sum()
    part = np.minimum((middle * PARTS).astype(int), PARTS - 1)
    counts = np.bincount(part, weights=seen, minlength=PARTS)
    return [float(count) for count in counts / seen.sum()]
