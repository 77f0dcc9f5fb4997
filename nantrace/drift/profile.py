"""The reference of drift: how each feature of a version's inputs and outputs was distributed. Statistics, never rows.

A profile is the bins of every feature, and the window of the reference's own rows in these bins.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

import numpy as np

from nantrace.drift.cell_counts import count_columns
from nantrace.drift.columns import columns_of
from nantrace.drift.compressed_frames import Arrays, read_frame, within, write_frame
from nantrace.drift.fit_bins import fit
from nantrace.drift.layout import TensorLayout
from nantrace.drift.window import TensorWindow, Window
from nantrace.feature import FeatureKey
from nantrace.tensors.tensor import Tensor, Tensors

KIND, VERSION = "drift profile", 1


@dataclass(frozen=True)
class Profile:
    """The layouts of all tensors, inputs first, and the window of the reference's rows."""

    tensors: Sequence[TensorLayout]
    reference: Window

    @cached_property
    def identity(self) -> bytes:
        """16 bytes that no other bins have; every window carries its profile's."""
        digest = sha256()
        for tensor in self.tensors:
            digest.update(repr(tensor.header()).encode())
            hashes = [texts.hashes for texts in tensor.texts if len(texts.hashes)]
            for array in (tensor.index, tensor.edges, tensor.atoms, *hashes):
                digest.update(repr(array.shape).encode() + array.tobytes())
        return digest.digest()[:16]

    @cached_property
    def features(self) -> list[FeatureKey]:
        """All features that drift looks at, tensor after tensor."""
        return [FeatureKey(one.side, one.name, index) for one in self.tensors for index in one.index.tolist()]

    @property
    def rows(self) -> int:
        return self.reference.rows

    def empty_window(self) -> Window:
        """The window of no rows."""
        return Window(self.identity, 0, [_no_cells(layout) for layout in self.tensors])

    def count(self, inputs: Tensors, outputs: Tensors | None = None) -> Window:
        """The window of these rows; outputs that were not sent are not counted, an absent input counts as mistyped."""
        sent = {"inputs": inputs, "outputs": outputs}
        return Window(self.identity, inputs.rows, [_counted(layout, sent[layout.side]) for layout in self.tensors])

    def total(self, windows: Iterable[Window]) -> Window:
        """The sum of any number of windows of this profile."""
        return sum(windows, start=self.empty_window())

    def to_bytes(self) -> bytes:
        """Compact and versioned, see `compressed_frames`."""
        arrays: Arrays = {"reference": np.frombuffer(self.reference.to_bytes(), np.uint8)}
        for i, tensor in enumerate(self.tensors):
            arrays |= {f"{i}/{name}": array for name, array in tensor.arrays().items()}
        return write_frame(KIND, VERSION, {"tensors": [tensor.header() for tensor in self.tensors]}, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Profile":
        """The inverse of `to_bytes`; raises `compressed_frames.FrameError` for anything else."""
        header, arrays = read_frame(KIND, VERSION, data)
        tensors = [TensorLayout.from_arrays(one, within(arrays, f"{i}/")) for i, one in enumerate(header["tensors"])]
        return cls(tensors, Window.from_bytes(arrays["reference"].tobytes()))


def take_profile(inputs: Tensors, outputs: Tensors | None = None) -> Profile:
    """The profile of rows exactly as the model received and answered them, in the order they came."""
    outputs = outputs or Tensors()
    layouts = [fit("inputs", tensor, alone=len(inputs) == 1) for tensor in inputs]
    layouts += [fit("outputs", tensor, alone=len(outputs) == 1) for tensor in outputs]
    bare = Profile(layouts, Window(b"", 0, []))
    return replace(bare, reference=bare.count(inputs, outputs))


def tensor_of(layout: TensorLayout, sent: Tensors | None) -> Tensor | None:
    """The tensor that a layout is of, among those sent; None where none fits it."""
    if sent is None:
        return None
    tensor = sent.by_name.get(layout.name)
    if tensor is None and len(sent) == 1 and layout.alone:
        tensor = next(iter(sent))
    return None if tensor is None or not layout.fits(tensor) else tensor


def _counted(layout: TensorLayout, sent: Tensors | None) -> TensorWindow:
    tensor = tensor_of(layout, sent)
    if tensor is None:
        return replace(_no_cells(layout), mistyped=0 if sent is None else sent.rows)
    return count_columns(layout, columns_of(tensor))


def _no_cells(layout: TensorLayout) -> TensorWindow:
    return TensorWindow.empty(layout.features, layout.bins)
