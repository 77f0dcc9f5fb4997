"""A window: the counts of some rows in the bins of one profile. Windows add exactly, in any order.

A window of a day is the sum of the windows of its hours, and late rows are added to their own hour.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nantrace.drift.columns import columns_of
from nantrace.drift.counting import count_columns
from nantrace.drift.frames import Arrays, read_frame, within, write_frame
from nantrace.drift.layout import TensorLayout
from nantrace.drift.tensor_window import TensorWindow
from nantrace.tensors.tensor import Tensors

if TYPE_CHECKING:
    from nantrace.drift.profile import Profile

KIND, VERSION = "drift window", 1


class OtherProfileError(ValueError):
    """Two windows, or a window and a profile, that do not share their bins."""


@dataclass(frozen=True)
class Window:
    """The counts of `rows` rows, `tensors` in the order of `profile.tensors`; `identity` is that profile's."""

    identity: bytes
    rows: int
    tensors: Sequence[TensorWindow]

    @classmethod
    def empty(cls, profile: "Profile") -> "Window":
        """The window of no rows."""
        tensors = [TensorWindow.empty(layout.features, layout.bins) for layout in profile.tensors]
        return cls(profile.identity, 0, tensors)

    def __add__(self, other: "Window") -> "Window":
        if self.identity != other.identity:
            raise OtherProfileError(
                f"windows of two profiles ({self.identity.hex()} and {other.identity.hex()}) do not add up: "
                "count the rows again with one profile"
            )
        tensors = [mine + theirs for mine, theirs in zip(self.tensors, other.tensors, strict=True)]
        return replace(self, rows=self.rows + other.rows, tensors=tensors)

    def to_bytes(self) -> bytes:
        """At most 200 bytes for each feature of a window of millions of rows; versioned, see `frames`."""
        arrays: Arrays = {}
        for i, tensor in enumerate(self.tensors):
            arrays |= {f"{i}/{name}": array for name, array in tensor.arrays().items()}
        sizes = [[tensor.cells, tensor.mistyped] for tensor in self.tensors]
        return write_frame(
            KIND, VERSION, {"identity": self.identity.hex(), "rows": self.rows, "tensors": sizes}, arrays
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> "Window":
        """The inverse of `to_bytes`; raises `frames.FrameError` for anything else."""
        header, arrays = read_frame(KIND, VERSION, data)
        tensors = [
            TensorWindow.from_arrays(cells, mistyped, within(arrays, f"{i}/"))
            for i, (cells, mistyped) in enumerate(header["tensors"])
        ]
        return cls(bytes.fromhex(header["identity"]), header["rows"], tensors)


def total(profile: "Profile", windows: Iterable[Window]) -> Window:
    """The sum of any number of windows of one profile."""
    merged = Window.empty(profile)
    for window in windows:
        merged = merged + window
    return merged


def count(profile: "Profile", inputs: Tensors, outputs: Tensors | None = None) -> Window:
    """The window of these rows; outputs that were not sent are not counted, an absent input counts as mistyped."""
    tensors = []
    for layout in profile.tensors:
        sent = inputs if layout.side == "inputs" else outputs
        tensors.append(TensorWindow.empty(layout.features, layout.bins) if sent is None else _counted(layout, sent))
    return Window(profile.identity, inputs.rows, tensors)


def _counted(layout: TensorLayout, sent: Tensors) -> TensorWindow:
    tensor = sent.by_name.get(layout.name)
    if tensor is None and len(sent) == 1 and layout.alone:
        tensor = next(iter(sent))
    if tensor is None or not layout.fits(tensor):
        return replace(TensorWindow.empty(layout.features, layout.bins), mistyped=sent.rows)
    return count_columns(layout, columns_of(tensor))
