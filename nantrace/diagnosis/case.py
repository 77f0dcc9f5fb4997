"""What a diagnosis is given: the rows, what is known about the model, and a laboratory to experiment in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from nantrace.feature import FeatureNames
from nantrace.reference import FeatureReference, Reference
from nantrace.tensors.tensor import Tensor, Tensors

AUTOMATIC_NAME = re.compile(r"(inputs?|input_layer|keras_tensor|args)(_\d+)?")  # of an input that nobody named
Mask = NDArray[np.bool_]
Json = Mapping[str, Any]


@dataclass(frozen=True)
class KnownFault:
    """One named fault of the hours around a batch: many rows showed it, so that a single row may be read by it.

    `features` are places on the last axis of `input`. `values`: of a sentinel. `lines`, one for each feature or none:
    (factor, offset) of sent = factor * right + offset.
    """

    kind: str
    input: str
    features: Sequence[int]
    values: Sequence[float] = ()
    lines: Sequence[tuple[float, float]] = ()

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """A fault as drift stores it; texts among its values, and numbers that JSON spells, are left out."""
        return cls(
            kind=stored["kind"],
            input=stored["input"],
            features=tuple(stored["features"]),
            values=tuple(float(value) for value in stored.get("values", ()) if isinstance(value, int | float)),
            lines=tuple((float(factor), float(offset)) for factor, offset in stored.get("lines", ())),
        )


@dataclass(frozen=True)
class ReplayOutcome:
    """One replay of rows: per row whether all outputs are finite, and why rows were refused by the model.

    `finite` has shape (rows,) and is False for refused rows; `outputs` holds rows in their order, with NaN for
    refused ones. `hidden` (rows,): a bad value inside could have been lost (None: not known). `magnitudes` (rows,
    taps): the largest magnitude behind every tap of the model (None: not asked for). `idle`: the experiment found
    nothing to change. `unable`: why not one row could be run, whatever the rows hold; empty where any could.
    `stopped`: the refused rows on which the model hung or took its process down, so that asking again is dear.
    `narrowed`: outputs that hold numbers to compare, and not those that the model answers, which are too many.
    """

    finite: Mask
    outputs: Mapping[str, NDArray[Any]]
    refused: Mapping[int, str] = field(default_factory=dict)
    hidden: Mask | None = None
    magnitudes: NDArray[np.float64] | None = None
    idle: bool = False
    unable: str = ""
    stopped: frozenset[int] = frozenset()
    narrowed: frozenset[str] = frozenset()

    def take(self, index: NDArray[np.intp]) -> "ReplayOutcome":
        """Finiteness, outputs and refusals of the rows `index`."""
        outputs = {name: values[index] for name, values in self.outputs.items()}
        refused = {i: self.refused[row] for i, row in enumerate(index.tolist()) if row in self.refused}
        return ReplayOutcome(self.finite[index], outputs, refused)


@dataclass(frozen=True)
class TracedRows:
    """Rows whose bad values come from the same places. A place is the replay's JSON description of it.

    `first_nan`: where NaN, and not infinity, arises first. `swallowed_by`: the operation that turned the bad value into
    a finite one, None where the output is bad. `unfinished`: why they could not be followed to any place; else empty.
    """

    rows: tuple[int, ...]
    sources: tuple[Json, ...]
    first_nan: Json | None
    swallowed_by: Json | None = None
    unfinished: str = ""


STANDING = ("default", "unfused")  # every batch is replayed under these


class Laboratory(Protocol):
    """Replays rows, as they are or with one thing changed. Deterministic; one call is one forward pass."""

    def replay(self, rows: Tensors, variant: str) -> ReplayOutcome:
        """`default` (as served), `unfused`, `tapped` (unfused, with magnitudes), `eager`, `xla`, or a precision:
        `float16`, `float32`, `float64`. Where XLA cannot compile the model, it refuses all rows.
        """
        ...

    def replay_each(self, rows: Tensors, variants: Sequence[str]) -> Mapping[str, ReplayOutcome]:
        """The same rows under several variants, side by side."""
        ...

    def experiment(self, rows: Tensors, change: Json) -> ReplayOutcome:
        """With the model changed: {"weights": "repair" | "statistics" | "scale", "layer"}, {"guard": {path: type}}.

        A repair puts a `filler`, 0 without one, in place of NaN and infinities.
        """
        ...

    def trace(self, rows: Tensors, change: Json | None = None) -> list[TracedRows]:
        """Where the bad values of these rows come from, with operations guarded as in `experiment`; rows without any
        are in no trail.
        """
        ...


@dataclass(frozen=True)
class ModelFacts:
    """What the replay reported about the model when it was loaded."""

    name: str
    inputs: Sequence[Json]
    weights: Sequence[Json]
    software: Mapping[str, str]
    low_precision: bool
    layers: Mapping[str, str] = field(default_factory=dict)  # path: class; empty where Keras does not show them
    taps: Sequence[Json] = ()


@dataclass(frozen=True)
class Case:
    """The rows of one batch and everything that was recorded about them."""

    inputs: Tensors
    served: Tensors | None
    model: ModelFacts
    reference: Reference | None = None
    metadata: Json = field(default_factory=dict)
    environment: Json = field(default_factory=dict)
    known_faults: Sequence[KnownFault] = ()  # what the version's traffic showed around these rows
    check_headroom: bool = True  # also of a large batch of rows that pass

    @property
    def rows(self) -> int:
        return self.inputs.rows

    def feature_reference(self, name: str, index: int) -> FeatureReference | None:
        """The statistics of one feature, None without a reference."""
        known = self.reference.of(name) if self.reference else None
        if known is None or not known.features:
            return None
        return known.features[index] if index < len(known.features) else None

    def feature_name(self, name: str, index: int) -> str:
        """What a person calls the feature; the input's name and index where nobody named it."""
        only = self.width(name) == 1
        if index < len(self._feature_names.by_input.get(name, ())):
            return self._feature_names.name(name, index, only=only)
        return FeatureNames().name(self._author_name(name), index, only=only)

    def _author_name(self, tensor: str) -> str:
        """What the model calls its only input, where its author chose the name and not Keras; else the tensor's."""
        if len(self.model.inputs) != 1 or len(self.inputs) != 1:
            return tensor
        given = str(self.model.inputs[0]["name"])
        return tensor if AUTOMATIC_NAME.fullmatch(given) else given

    def width(self, name: str) -> int:
        """Number of features of an input: the size of the last axis; 1 for integers and text (one vocabulary).

        Numbers that came as text, because some cell is one, are numbers.
        """
        values = self.inputs.by_name[name].values
        one_vocabulary = values.dtype.kind in "iub" or (values.dtype.kind == "U" and not self.takes_numbers(name))
        return 1 if values.ndim < 2 or one_vocabulary else int(values.shape[-1])

    def takes_numbers(self, name: str) -> bool:
        """Whether the input takes numbers and not text; a single one may go by any name."""
        specs = self.model.inputs
        return any(one["dtype"] != "string" for one in specs if len(specs) == 1 or one["name"] == name)

    @cached_property
    def fits(self) -> bool:
        """Whether the rows have the names, ranks, sizes and kinds that the model's inputs have."""
        only = next(iter(self.inputs)) if len(self.inputs) == len(self.model.inputs) == 1 else None
        return all(_fits(only or self.inputs.by_name.get(one["name"]), one) for one in self.model.inputs)

    @cached_property
    def _feature_names(self) -> FeatureNames:
        return FeatureNames.of(self.metadata, list(self.inputs.by_name))


def _fits(tensor: Tensor | None, spec: Json) -> bool:
    """Text for a number is no misfit: it came in some cells, and numbers are text then as well."""
    if tensor is None or spec["shape"] is None:
        return tensor is not None
    wanted, given = list(spec["shape"])[1:], tensor.values.shape[1:]
    while wanted[-1:] == [1] and len(wanted) > len(given):  # as Keras itself allows
        wanted.pop()
    while given[-1:] == (1,) and len(given) > len(wanted):
        given = given[:-1]
    return len(wanted) == len(given) and all(w in (None, g) for w, g in zip(wanted, given, strict=True))
