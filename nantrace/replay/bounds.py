"""Interval arithmetic through a graph: what can reach an operation when inputs stay between two given rows.

One row in the middle is run concretely, op by op; with each tensor travel element-wise bounds that hold for every
row between the lowest and the highest one (interval bound propagation, Gowal et al. 2018). An operation without a
rule answers anything. A branch or a loop is followed as the row in the middle takes it.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nantrace.operations import operation
from nantrace.replay.bound_arithmetic import Bounds, exact
from nantrace.replay.bound_rules import bounds_after
from nantrace.replay.interpreter import Interpreter, Site, Value
from nantrace.replay.loading import LoadedModel
from nantrace.replay.model_inputs import UnfeedableError, feed
from nantrace.replay.observed import FLOATS, OutOfTimeError, finite_json
from nantrace.replay.places import Names
from nantrace.replay.running import MODEL_ERRORS, first_line
from nantrace.replay.trace import arguments
from nantrace.tensors.tensor import Tensors

Array = NDArray[Any]
Json = dict[str, Any]


@dataclass(frozen=True)
class Interval:
    """Between which values one input of an operation lies."""

    low: float
    high: float


@dataclass(frozen=True)
class Bounded:
    """An operation that can fail, and the bounds of its inputs; `constant` where no input of the model reaches it."""

    layer: str | None
    name: str
    operation: str
    dtype: str
    constant: bool
    operands: list[Interval]


def reachable(model: LoadedModel, limits: Sequence[Array], deadline: float) -> list[Bounded]:
    """`limits`: per input an array of two rows, the lowest and the highest values; infinities where unknown."""
    watch = _Watch(model.names, deadline)
    middles = [_middle(limit) for limit in limits]
    marks = iter([_bounds(limit) for limit in limits])
    given = {spec.name for spec in model.inputs}
    values = [
        Value(tensor, next(marks)) if name in given and tensor.dtype != tf.resource else Value(tensor)
        for name, tensor in arguments(model, middles)
    ]
    Interpreter(observer=watch).run(model.program, values)
    return list(watch.found.values())


def about_bounds(model: LoadedModel, tensors: Tensors, seconds: float) -> Json:
    """Bounds of what reaches operations that can fail, by interval arithmetic; infinite bounds are None."""
    try:
        fed = feed(tensors, model.inputs)
        found = reachable(model, fed.arrays, time.process_time() + seconds)
    except OutOfTimeError:
        return {"stopped": f"interval arithmetic takes longer than {seconds:.0f} s"}
    except (UnfeedableError, *MODEL_ERRORS) as error:
        return {"stopped": first_line(error)}
    return {"bounded": [finite_json(asdict(one)) for one in found]}


@dataclass
class _Watch:
    names: Names
    deadline: float
    found: dict[str, Bounded] = field(default_factory=dict)

    def observe(self, site: Site, inputs: Sequence[Value], outputs: Sequence[Any]) -> Sequence[Bounds | None]:
        if time.process_time() > self.deadline:
            raise OutOfTimeError
        row = operation(site.step.kind)
        if row is not None and row.can_fail and inputs[0].tensor.dtype in FLOATS:
            self._note(site, inputs)
        if all(value.mark is None for value in inputs):
            return [None] * len(outputs)
        return bounds_after(site.step, inputs, outputs)

    def _note(self, site: Site, inputs: Sequence[Value]) -> None:
        name = site.path + site.step.name
        operands = list(_intervals(inputs))
        if name in self.found:
            before = self.found[name].operands
            operands = [Interval(min(a.low, b.low), max(a.high, b.high)) for a, b in zip(before, operands, strict=True)]
        layer, constant = self.names.layer_of_operation(name), all(value.mark is None for value in inputs)
        self.found[name] = Bounded(layer, name, site.step.kind, inputs[0].tensor.dtype.name, constant, operands)


def _intervals(inputs: Sequence[Value]) -> Iterator[Interval]:
    for value in inputs:
        bounds = value.mark or exact(value.tensor)
        if not bounds.low.size:
            yield Interval(0.0, 0.0)
        else:
            yield Interval(float(bounds.low.min()), float(bounds.high.max()))


def _middle(limit: Array) -> Array:
    """One row between the lowest and the highest one."""
    if limit.dtype.kind not in "iuf":
        return limit[:1]
    low, high = limit[:1].astype(np.float64), limit[1:].astype(np.float64)
    with np.errstate(invalid="ignore"):
        middle = np.where(np.isfinite(low) & np.isfinite(high), low / 2 + high / 2, np.clip(0, low, high))
    return middle.astype(limit.dtype)


def _bounds(limit: Array) -> Bounds | None:
    if limit.dtype.kind == "U":
        return None
    return Bounds(limit[:1].astype(np.float64), limit[1:].astype(np.float64))
