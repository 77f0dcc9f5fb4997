"""From the rows of a batch to all predictions that were served: what one row of a sample stands for.

A sender that samples keeps rows with a non-finite value and only a share of the others, so that the two kinds
stand for different numbers of predictions. `Batch.counts` says how many there were of each.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.models import Batch


@dataclass(frozen=True)
class Served:
    """Predictions that a batch speaks for, and how many of them each of its rows stands for.

    Without counts the rows are all there is: each stands for itself.
    """

    predictions: int
    nonfinite: int
    dropped: int
    per_nonfinite_row: float = 1.0
    per_finite_row: float = 1.0

    @classmethod
    def by(cls, batch: Batch) -> "Served":
        counts = batch.counts or {}
        finite_rows = batch.rows - batch.nonfinite_rows
        # what the sender takes for finite the service may not: a missing value of a text, a number that overflowed
        nonfinite = max(int(counts.get("nonfinite", 0)), batch.nonfinite_rows)
        predictions = max(int(counts.get("predictions", 0)), nonfinite + finite_rows)
        return cls(
            predictions=predictions,
            nonfinite=nonfinite,
            dropped=int(counts.get("dropped", 0)),
            per_nonfinite_row=nonfinite / batch.nonfinite_rows if batch.nonfinite_rows else 1.0,
            per_finite_row=(predictions - nonfinite) / finite_rows if finite_rows else 1.0,
        )

    def stand_for(self, nonfinite: NDArray[np.bool_]) -> int:
        """Predictions that rows stand for; `nonfinite` says of each, shape (rows,), which kind it is."""
        bad = int(nonfinite.sum())
        return round(bad * self.per_nonfinite_row + (nonfinite.size - bad) * self.per_finite_row)
