"""How one tensor is binned, where its cells lie in the range of the reference, and what else the reference knows."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.boundaries import Boundaries
from nantrace.drift.compressed_frames import Arrays, within
from nantrace.drift.concentration import RUNGS
from nantrace.drift.known_texts import KnownTexts
from nantrace.tensors.tensor import Tensor

STEPS = 2.0**20  # sums of a thousand cells fit 32 bits
Counts = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class RangePositions:
    """The range of every feature in steps from its minimum. A range beyond float32 has no steps: everything is at 0.

    Places are summed in whole steps, so that no sum depends on the order of its cells.
    """

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


@dataclass(frozen=True)
class Moments:
    """Statistics over the finite cells of each feature, shape (features,); 0 where a feature has none, or is text."""

    minimum: Floats
    maximum: Floats
    mean: Floats
    std: Floats
    median: Floats


@dataclass(frozen=True)
class TensorLayout:
    """The bins of one tensor's features.

    `side` is "inputs" or "outputs"; `alone`: it has no other tensor, so this one answers to any name. `shape` is the
    tensor's shape of a row, `kind` its dtype's kind. `index` (features,) is each feature's place on the last axis;
    `summary` states in a sentence which cells are watched, "" when all are.
    `edges` (features, edges) ascending: bin j holds edges[j - 1] <= value < edges[j]; a feature with fewer edges
    repeats its last one, and the bins between are empty. `atoms` (features, edges + 1) marks bins that hold a single
    value, edges[j - 1]. `category` (features,): the reference knows the values of the atoms only. `means` (features,
    edges + 1): mean of the reference's cells in a bin, 0 where it has none. `texts`: of each text feature, its codes
    count in bins 1, 2, ... `once` (features,): values of a category that a single cell of the reference holds, as many
    of its cells as were new to the others (Good 1953); 0 in what was stored before it was kept. `repeats` (features,):
    cells of the reference that hold the value of a cell, itself included, on average over those in no atom; infinite
    where all are, or in what was stored before it was kept. `narrowest` (features, rungs): see `concentration`; 0 in
    what was stored before it was kept. `clustering` (features, 3, lengths): how segments of the
    reference differ, see `blocks`.
    """

    side: str
    name: str
    alone: bool
    shape: tuple[int, ...]
    kind: str
    summary: str
    index: NDArray[np.int64]
    edges: Floats
    atoms: Flags
    category: Flags
    means: Floats
    moments: Moments
    clustering: NDArray[np.float32]
    once: Counts
    repeats: Floats
    narrowest: Floats
    texts: Sequence[KnownTexts] = ()

    WORDS: ClassVar = ("side", "name", "kind", "summary", "alone")
    NUMBERS: ClassVar = ("index", "edges", "atoms", "category", "means", "clustering")

    @property
    def features(self) -> int:
        return len(self.index)

    @property
    def bins(self) -> int:
        return int(self.edges.shape[1]) + 1

    @property
    def text(self) -> bool:
        return self.kind == "U"

    def boundaries(self, dtype: np.dtype[Any]) -> Boundaries:
        """The edges as numbers of a float dtype, made once."""
        made: dict[str, Boundaries] = self._boundaries
        if dtype.str not in made:
            made[dtype.str] = Boundaries(self.edges, dtype)
        return made[dtype.str]

    @cached_property
    def range_positions(self) -> RangePositions:
        return RangePositions(self.moments.minimum, self.moments.maximum)

    @cached_property
    def _boundaries(self) -> dict[str, Boundaries]:
        return {}

    def fits(self, tensor: Tensor) -> bool:
        """Whether the tensor's cells can be counted here: the same width, and numbers where there were numbers."""
        shape = tensor.values.shape[1:]
        return (
            len(shape) == len(self.shape)
            and shape[-1:] == self.shape[-1:]
            and (tensor.values.dtype.kind == "U") == self.text
        )

    def expected(self, reference: Counts) -> Floats:
        """The cells of the reference (features, bins) as further rows are expected to fall.

        As many are of new texts as the reference held once, and so many fewer of its rare ones (Good 1953).
        """
        bins = reference.astype(np.float64)
        for i, texts in enumerate(self.texts):
            groups = slice(len(texts.frequent) + 1, texts.bins + 1)
            if texts.groups:
                bins[i, groups] = np.maximum(bins[i, groups] - self.once[i] / texts.groups, 0.0)
                bins[i, -1] += self.once[i]
        return bins

    def header(self) -> dict[str, Any]:
        """All that is no array, JSON-able."""
        words = {name: getattr(self, name) for name in self.WORDS}
        return {**words, "shape": list(self.shape), "vocabulary": [list(one.frequent) for one in self.texts]}

    def arrays(self) -> Arrays:
        """All arrays by name, for a frame."""
        moments = {f"moments/{f.name}": getattr(self.moments, f.name) for f in fields(Moments)}
        hashes = {f"texts/{i}": one.hashes for i, one in enumerate(self.texts) if len(one.hashes)}
        kept = {name: getattr(self, name) for name in (*self.NUMBERS, "once", "repeats", "narrowest")}
        return {**kept, **moments, **hashes}

    @classmethod
    def from_arrays(cls, header: dict[str, Any], arrays: Arrays) -> Self:
        """The inverse of `header` and `arrays`."""
        known: dict[str, Any] = {name: header[name] for name in cls.WORDS} | {n: arrays[n] for n in cls.NUMBERS}
        moments, features = Moments(**within(arrays, "moments/")), len(arrays["index"])
        known["once"] = arrays.get("once", np.zeros(features, int))
        known["repeats"] = arrays.get("repeats", np.full(features, np.inf))
        known["narrowest"] = arrays.get("narrowest", np.zeros((features, len(RUNGS))))
        none = np.empty(0, np.int64)
        texts = [KnownTexts(one, arrays.get(f"texts/{i}", none)) for i, one in enumerate(header["vocabulary"])]
        return cls(**known, shape=tuple(header["shape"]), moments=moments, texts=texts)
