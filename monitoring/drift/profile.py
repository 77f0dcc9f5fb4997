"""The reference of drift: how each feature of a version's inputs and outputs was distributed. Statistics, never rows.

A profile is the bins of every feature, and the windows of the reference's own rows in these bins: `blocks`, one for
each of up to 32 consecutive stretches of rows, tell how much one stretch of healthy rows differs from the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from itertools import pairwise

import numpy as np

from ingest.tensors import Tensor, Tensors
from monitoring.drift.fitting import fit
from monitoring.drift.frames import Arrays, read_frame, within, write_frame
from monitoring.drift.layout import TensorLayout
from monitoring.drift.window import Window, count, total

MAX_BLOCKS = 32
ROWS_A_BLOCK = 50
FEATURES_IN_BLOCKS = 2**16
KIND, VERSION = "drift profile", 1


@dataclass(frozen=True)
class Profile:
    """The layouts of all tensors, inputs first, and the windows of the reference's rows, in their order."""

    tensors: Sequence[TensorLayout]
    blocks: Sequence[Window] = ()

    @cached_property
    def identity(self) -> bytes:
        """16 bytes that tell these bins from any others; every window carries its profile's."""
        digest = sha256()
        for tensor in self.tensors:
            digest.update(repr(tensor.header()).encode())
            for array in (tensor.index, tensor.edges, tensor.atoms):
                digest.update(repr(array.shape).encode() + array.tobytes())
        return digest.digest()[:16]

    @cached_property
    def reference(self) -> Window:
        """The window of all rows of the reference."""
        return total(self, self.blocks)

    @property
    def rows(self) -> int:
        return self.reference.rows

    def to_bytes(self) -> bytes:
        arrays: Arrays = {
            f"blocks/{i}": np.frombuffer(block.to_bytes(), np.uint8) for i, block in enumerate(self.blocks)
        }
        for i, tensor in enumerate(self.tensors):
            arrays |= {f"{i}/{name}": array for name, array in tensor.arrays().items()}
        return write_frame(KIND, VERSION, {"tensors": [tensor.header() for tensor in self.tensors]}, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Profile":
        """The inverse of `to_bytes`; raises `frames.FrameError` for anything else."""
        header, arrays = read_frame(KIND, VERSION, data)
        tensors = [TensorLayout.from_arrays(one, within(arrays, f"{i}/")) for i, one in enumerate(header["tensors"])]
        return cls(tensors, [Window.from_bytes(block.tobytes()) for block in within(arrays, "blocks/").values()])


def take_profile(inputs: Tensors, outputs: Tensors | None = None) -> Profile:
    """The profile of rows exactly as the model received and answered them, in the order they came."""
    outputs = outputs or Tensors()
    layouts = [fit("inputs", tensor, alone=len(inputs) == 1) for tensor in inputs]
    layouts += [fit("outputs", tensor, alone=len(outputs) == 1) for tensor in outputs]
    bare = Profile(layouts)
    features = max(1, sum(layout.features for layout in layouts))
    blocks = max(1, min(MAX_BLOCKS, inputs.rows // ROWS_A_BLOCK, FEATURES_IN_BLOCKS // features))
    bounds = np.linspace(0, inputs.rows, blocks + 1).astype(int)
    windows = [
        count(bare, _stretch(inputs, start, stop), _stretch(outputs, start, stop) if outputs.rows else None)
        for start, stop in pairwise(bounds)
    ]
    return replace(bare, blocks=windows)


def _stretch(tensors: Tensors, start: int, stop: int) -> Tensors:
    rows = slice(start, stop)
    return Tensors.of(*(Tensor(t.name, t.values[rows], None if t.sent is None else t.sent[rows]) for t in tensors))
