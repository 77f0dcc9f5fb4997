"""Where cells lie in the reference's range, summed in whole steps so that no sum depends on the order of its cells."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

STEPS = 2.0**20  # sums of a thousand cells fit 32 bits

Counts = NDArray[np.int64]


class RangePositions:
    """The range of every feature in steps from its minimum. A range beyond float32 has no steps: everything is at 0."""

    def __init__(self, minimum: NDArray[np.float64], maximum: NDArray[np.float64]) -> None:
        """Arrays of shape (features,)."""
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            low, high = minimum.astype(np.float32), maximum.astype(np.float32)
            a_unit = np.float32(STEPS) / (high - low)
        measured = np.isfinite(low) & np.isfinite(high) & np.isfinite(a_unit) & (a_unit > 0)
        self._low, self._high, self._a_unit = (
            np.where(measured, part, np.float32(0))[:, None] for part in (low, high, a_unit)
        )
        self.full = self.steps(self._high)

    def steps(self, cells: NDArray[Any]) -> Counts:
        """Sums of cells (features, cells) float32, (features,); cells beyond an end count as at it, NaN as 0."""
        inside = np.fmax(cells, self._low)
        np.minimum(inside, self._high, out=inside)
        inside -= self._low
        inside *= self._a_unit
        return np.asarray(inside.astype(np.int32).sum(axis=1, dtype=np.int32))
