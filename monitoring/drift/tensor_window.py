"""The counts of one tensor's cells in the bins of its profile. They add exactly, in any order."""

from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from monitoring.drift.exact_sums import ExactSums
from monitoring.drift.frames import Arrays

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Tail:
    """Finite cells on one side of the reference's range, arrays of shape (features,); the outer bin tells how many.

    `lowest` and `highest` are the extremes of these cells, rounded away from the range to the 24 bits of float32;
    +inf and -inf where there is none. Equal ones tell of a single repeated value. `distance` sums how far outside the
    range the cells lie.
    """

    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]
    distance: ExactSums

    @classmethod
    def empty(cls, features: int) -> "Tail":
        return cls(np.full(features, np.inf), np.full(features, -np.inf), ExactSums.empty(features))

    def __add__(self, other: "Tail") -> "Tail":
        lowest, highest = np.minimum(self.lowest, other.lowest), np.maximum(self.highest, other.highest)
        return Tail(lowest, highest, self.distance + other.distance)


@dataclass(frozen=True)
class TensorWindow:
    """The counts of one tensor.

    `cells`: cells of each feature. `bins` (features, bins) int64: the first column is below the reference's range, the
    last one above it; of a text feature the last one is every unknown text. `steps` (features,) sums the places of
    these cells on the range (see `ruler`). The other arrays of shape (features,) count cells that are in no bin:
    `missing`, `nan`, `positive_infinite`, `negative_infinite`, and `overflowed`, finite as sent and infinite in their
    dtype. `mistyped` counts rows whose tensor was absent, of another width, or text instead of numbers (or the
    reverse): none of their cells is counted.
    """

    cells: int
    mistyped: int
    bins: Counts
    steps: Counts
    missing: Counts
    nan: Counts
    positive_infinite: Counts
    negative_infinite: Counts
    overflowed: Counts
    below: Tail
    above: Tail

    @classmethod
    def empty(cls, features: int, bins: int) -> "TensorWindow":
        counted = {name: np.zeros(features, np.int64) for name in cls.COUNTED}
        counted["bins"] = np.zeros((features, bins), np.int64)
        return cls(0, 0, **counted, below=Tail.empty(features), above=Tail.empty(features))

    COUNTED: ClassVar = ("bins", "steps", "missing", "nan", "positive_infinite", "negative_infinite", "overflowed")

    @property
    def finite(self) -> Counts:
        """Cells in any bin, (features,)."""
        return np.asarray(self.bins.sum(axis=1))

    def __add__(self, other: "TensorWindow") -> "TensorWindow":
        added: dict[str, Any] = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        return TensorWindow(**added)

    def arrays(self) -> Arrays:
        """All arrays by name, for a frame."""
        arrays: Arrays = {name: getattr(self, name) for name in self.COUNTED}
        for side, tail in (("below", self.below), ("above", self.above)):
            arrays |= {f"{side}/lowest": tail.lowest, f"{side}/highest": tail.highest}
            arrays |= {f"{side}/top": tail.distance.top, f"{side}/digits": tail.distance.digits}
        return arrays

    @classmethod
    def from_arrays(cls, cells: int, mistyped: int, arrays: Arrays) -> Self:
        """The inverse of `arrays`."""

        def tail(side: str) -> Tail:
            distance = ExactSums(arrays[f"{side}/top"], arrays[f"{side}/digits"])
            return Tail(arrays[f"{side}/lowest"], arrays[f"{side}/highest"], distance)

        counted = {name: arrays[name] for name in cls.COUNTED}
        return cls(cells, mistyped, **counted, below=tail("below"), above=tail("above"))
