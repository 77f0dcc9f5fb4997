"""The counts of one tensor's cells in the bins of its profile. They add exactly, in any order."""

from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.compressed_frames import Arrays
from nantrace.drift.exact_sums import ExactSums

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Tail:
    """Finite cells on one side of the reference's range, arrays of shape (features,); the outer bin holds how many.

    `lowest` and `highest` are the extremes of these cells, rounded away from the range to the 24 bits of float32;
    +inf and -inf where there is none. Equal ones mean a single repeated value. `distance` sums how far outside the
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
    these cells on the range (`range_position`). The other arrays of shape (features,) count cells that are in no bin:
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

    ASIDE: ClassVar = ("missing", "nan", "positive_infinite", "negative_infinite", "overflowed")

    @classmethod
    def empty(cls, features: int, bins: int) -> "TensorWindow":
        none = np.zeros(features, np.int64)
        aside = dict.fromkeys(cls.ASIDE, none)
        return cls(
            0,
            0,
            np.zeros((features, bins), np.int64),
            none,
            **aside,
            below=Tail.empty(features),
            above=Tail.empty(features),
        )

    @property
    def finite(self) -> Counts:
        """Cells in any bin, (features,)."""
        return np.asarray(self.bins.sum(axis=1))

    def __add__(self, other: "TensorWindow") -> "TensorWindow":
        added: dict[str, Any] = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        return TensorWindow(**added)

    def arrays(self) -> Arrays:
        """All arrays, few and by name, for a frame."""
        tails = (self.below, self.above)
        return {
            "bins": self.bins,
            "steps": self.steps,
            "aside": np.stack([getattr(self, name) for name in self.ASIDE]),
            "lowest": np.stack([tail.lowest for tail in tails]),
            "highest": np.stack([tail.highest for tail in tails]),
            "top": np.stack([tail.distance.top for tail in tails]),
            "digits": np.stack([tail.distance.digits for tail in tails]),
        }

    @classmethod
    def from_arrays(cls, cells: int, mistyped: int, arrays: Arrays) -> Self:
        """The inverse of `arrays`."""
        below, above = (
            Tail(arrays["lowest"][i], arrays["highest"][i], ExactSums(arrays["top"][i], arrays["digits"][i]))
            for i in range(2)
        )
        aside: dict[str, Any] = dict(zip(cls.ASIDE, arrays["aside"], strict=True))
        return cls(cells, mistyped, arrays["bins"], arrays["steps"], **aside, below=below, above=above)
