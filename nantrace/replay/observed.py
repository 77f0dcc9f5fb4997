"""What rows reach inside a model: which values at operations that can fail, how large each layer, and what fails.

Runs in the locked child, for the audit at registration.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nantrace.operations import Family, operation
from nantrace.replay.interpreter import FLOAT32, FLOAT64, Interpreter, Site, Value
from nantrace.replay.loading import LoadedModel
from nantrace.replay.model_inputs import UnfeedableError, feed
from nantrace.replay.patches import guard
from nantrace.replay.places import Names
from nantrace.replay.program import uses_low_precision
from nantrace.replay.running import MODEL_ERRORS, first_line
from nantrace.replay.trace import Traced, arguments, differs, interpret, trace
from nantrace.tensors.tensor import Tensors

Json = dict[str, Any]
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
    """An Observer; raises OutOfTimeError after `deadline` (of time.process_time)."""

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
        if time.process_time() > self.deadline:
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


def about_rows(model: LoadedModel, tensors: Tensors, seconds: float) -> Json:
    """What these finite rows reach inside the model, and where non-finite values arise from them."""
    watch = Ranges(model.names, time.process_time() + seconds)
    try:
        fed = feed(tensors, model.inputs)
        arrays = [np.delete(array, [*fed.refused], axis=0) for array in fed.arrays]
        values = [Value(tensor) for _, tensor in arguments(model, arrays)]
        Interpreter(observer=watch).run(model.program, values)
        groups = [asdict(group) for group in _harmful(model, arrays)] if watch.nonfinite else []
        cured = _cured_by_float32(model, arrays) if groups else []
    except OutOfTimeError:
        return {"stopped": f"running the rows takes longer than {seconds:.0f} s"}
    except UnfeedableError as error:
        return {"stopped": str(error), "misfit": True}
    except MODEL_ERRORS as error:
        return {"stopped": first_line(error)}
    return {
        "rows": len(arrays[0]),
        "reached": [finite_json(asdict(one)) for one in watch.reached],
        "magnitudes": [asdict(one) for one in watch.magnitudes],
        "overflows": [asdict(one) for one in watch.overflows],
        "groups": groups,
        "cured_by_float32": cured,
    }


def finite_json(value: Any) -> Any:
    """Strict JSON: None for NaN and infinities."""
    if isinstance(value, dict):
        return {key: finite_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [finite_json(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _harmful(model: LoadedModel, arrays: list[Any]) -> list[Traced]:
    """Where rows fail, but for bad values that make no difference, as on a branch that a selection leaves out."""
    traced = trace(model, arrays)
    lost = [group for group in traced.groups if group.swallowed_by is not None]
    if not lost:
        return traced.groups
    rows = sorted({row for group in lost for row in group.rows})
    places = {one["name"]: one["operation"] for group in lost for one in group.sources if one["kind"] == "operation"}
    some = [array[rows] for array in arrays]
    wrong: set[int] = set()
    for better in (interpret(model, some, guard(places)), interpret(model, some, precision=FLOAT64)):
        for name, outputs in traced.outputs.items():
            wrong |= {rows[i] for i in np.flatnonzero(differs(outputs[rows], better[name]))}
    unguarded = [group for group in lost if any(one["kind"] != "operation" for one in group.sources)]
    return [one for one in traced.groups if one not in lost or one in unguarded or wrong & set(one.rows)]


def _cured_by_float32(model: LoadedModel, arrays: list[Any]) -> list[int]:
    """Rows whose outputs are finite when 16-bit operations are computed in float32."""
    if not uses_low_precision(model.concrete.graph):
        return []
    outputs = interpret(model, arrays, precision=FLOAT32).values()
    finite = np.ones(len(arrays[0]), bool)
    for array in outputs:
        if array.dtype.kind == "f":
            finite &= np.isfinite(array).reshape(len(array), -1).all(axis=1)
    return [int(row) for row in np.flatnonzero(finite)]


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
