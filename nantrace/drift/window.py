"""A window: the counts of some rows in the bins of one profile. Windows add exactly, in any order.

A window of a day is the sum of the windows of its hours, and late rows are added to their own hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.compressed_frames import Arrays, read_frame, within, write_frame
from nantrace.drift.exact_sums import ExactSums

Counts = NDArray[np.int64]
KIND, VERSION = "drift window", 1


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
    these cells on the range (`RangePositions`). The other arrays of shape (features,) count cells that are in no bin:
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


class OtherProfileError(ValueError):
    """Two windows, or a window and a profile, that do not share their bins."""


@dataclass(frozen=True)
class Window:
    """The counts of `rows` rows, `tensors` in the order of `profile.tensors`; `identity` is that profile's."""

    identity: bytes
    rows: int
    tensors: Sequence[TensorWindow]

    def __add__(self, other: "Window") -> "Window":
        if self.identity != other.identity:
            raise OtherProfileError(
                f"windows of two profiles ({self.identity.hex()} and {other.identity.hex()}) do not add up: "
                "count the rows again with one profile"
            )
        tensors = [mine + theirs for mine, theirs in zip(self.tensors, other.tensors, strict=True)]
        return replace(self, rows=self.rows + other.rows, tensors=tensors)

    def to_bytes(self) -> bytes:
        """At most 200 bytes for each feature of a window of millions of rows; versioned, see `compressed_frames`."""
        arrays: Arrays = {}
        for i, tensor in enumerate(self.tensors):
            arrays |= {f"{i}/{name}": array for name, array in tensor.arrays().items()}
        sizes = [[tensor.cells, tensor.mistyped] for tensor in self.tensors]
        return write_frame(
            KIND, VERSION, {"identity": self.identity.hex(), "rows": self.rows, "tensors": sizes}, arrays
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> "Window":
        """The inverse of `to_bytes`; raises `compressed_frames.FrameError` for anything else."""
        header, arrays = read_frame(KIND, VERSION, data)
        tensors = [
            TensorWindow.from_arrays(cells, mistyped, within(arrays, f"{i}/"))
            for i, (cells, mistyped) in enumerate(header["tensors"])
        ]
        return cls(bytes.fromhex(header["identity"]), header["rows"], tensors)
