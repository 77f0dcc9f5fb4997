"""Watches one interpreted run: which values reach operations that can fail, and how large each layer becomes."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nantrace.operations import Family, operation
from nantrace.replay.interpreter import Site, Value
from nantrace.replay.places import Names

FLOATS = (tf.float16, tf.bfloat16, tf.float32, tf.float64)
UNCOMPUTED = (Family.WEIGHT, Family.LOOKUP)  # weights, however large, are looked at once elsewhere


class OutOfTimeError(Exception):
    """The run takes longer than the audit may."""


@dataclass(frozen=True)
class Operand:
    """The finite values of one input of an operation; `least` is the smallest magnitude."""

    min: float
    max: float
    least: float


@dataclass(frozen=True)
class Reached:
    """An operation that can fail, and what reached it; over all iterations where it stands in a loop."""

    layer: str | None
    name: str
    operation: str
    dtype: str
    operands: list[Operand]


@dataclass(frozen=True)
class Magnitude:
    """The largest finite magnitude that a layer computed in one dtype, and that dtype's maximum."""

    layer: str | None
    dtype: str
    largest: float
    limit: float


@dataclass(frozen=True)
class Overflow:
    """A sum of products that answered infinity for finite inputs."""

    layer: str | None
    operation: str
    dtype: str
    largest_inputs: list[float]


@dataclass
class Ranges:
    """An Observer; raises OutOfTimeError after `deadline` (of time.monotonic)."""

    names: Names
    deadline: float
    nonfinite: bool = False
    overflows: list[Overflow] = field(default_factory=list)
    _layers: dict[str, str | None] = field(default_factory=dict)
    _reached: dict[str, Reached] = field(default_factory=dict)
    _magnitudes: dict[tuple[str | None, Any], float] = field(default_factory=dict)

    @property
    def reached(self) -> list[Reached]:
        return list(self._reached.values())

    @property
    def magnitudes(self) -> list[Magnitude]:
        return [
            Magnitude(layer, dtype.name, largest, largest_number(dtype))
            for (layer, dtype), largest in self._magnitudes.items()
        ]

    def observe(self, site: Site, inputs: Sequence[Value], outputs: Sequence[Any]) -> Sequence[None]:
        if time.monotonic() > self.deadline:
            raise OutOfTimeError
        row = operation(site.step.kind)
        if row is None or row.family not in UNCOMPUTED:
            layer = self._layer(site.path + site.step.name)
            for tensor in outputs:
                if tensor.dtype in FLOATS:
                    self._measure(layer, site.step.kind, inputs, tensor)
            if row is not None and row.can_fail and inputs[0].tensor.dtype in FLOATS:
                self._note(layer, site, inputs)
        return [None] * len(outputs)

    def _layer(self, name: str) -> str | None:
        if name not in self._layers:
            self._layers[name] = self.names.layer_of_operation(name)
        return self._layers[name]

    def _measure(self, layer: str | None, kind: str, inputs: Sequence[Value], tensor: Any) -> None:
        array = tensor.numpy()
        finite = np.isfinite(array)
        if not finite.all():
            self.nonfinite = True
            self._note_overflow(layer, kind, inputs, tensor)
        family = _family(kind)
        if family in (Family.PRODUCTS, Family.SUMS):  # of sums only positive values: masks add huge negative ones
            sizes = array[finite] if family is Family.SUMS else np.abs(array[finite])
            key = (layer, tensor.dtype)
            self._magnitudes[key] = max(_largest(sizes), self._magnitudes.get(key, 0.0))

    def _note_overflow(self, layer: str | None, kind: str, inputs: Sequence[Value], tensor: Any) -> None:
        arrays = [value.tensor.numpy() for value in inputs if value.tensor.dtype in FLOATS]
        if _family(kind) is Family.PRODUCTS and all(np.isfinite(array).all() for array in arrays):
            largest = [_largest(np.abs(array)) for array in arrays]
            self.overflows.append(Overflow(layer, kind, tensor.dtype.name, largest))

    def _note(self, layer: str | None, site: Site, inputs: Sequence[Value]) -> None:
        operands = [_operand(value.tensor.numpy()) for value in inputs]
        name = site.path + site.step.name
        if name in self._reached:
            operands = [_joined(*pair) for pair in zip(self._reached[name].operands, operands, strict=True)]
        self._reached[name] = Reached(layer, name, site.step.kind, inputs[0].tensor.dtype.name, operands)


def _family(kind: str) -> Family | None:
    row = operation(kind)
    return row.family if row is not None else None


def largest_number(dtype: Any) -> float:
    """The largest finite number of a TensorFlow float dtype."""
    return float(dtype.max)


def _largest(array: NDArray[Any]) -> float:
    return max(0.0, float(array.max())) if array.size else 0.0


def _operand(array: NDArray[Any]) -> Operand:
    finite = array[np.isfinite(array)].astype(np.float64)
    if not finite.size:
        return Operand(0.0, 0.0, float(np.inf))
    return Operand(float(finite.min()), float(finite.max()), float(np.abs(finite).min()))


def _joined(one: Operand, other: Operand) -> Operand:
    return Operand(min(one.min, other.min), max(one.max, other.max), min(one.least, other.least))
