"""A window: the counts of some rows in the bins of one profile. Windows add exactly, in any order.

A window of a day is the sum of the windows of its hours, and late rows are added to their own hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nantrace.drift.compressed_frames import Arrays, read_frame, within, write_frame
from nantrace.drift.tensor_window import TensorWindow

KIND, VERSION = "drift window", 1


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
