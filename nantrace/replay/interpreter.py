"""Runs a prepared graph op by op with TensorFlow's eager kernels, in its own precision or in another one.

An observer sees every operation.

The eager kernels are the unfused ones: what they answer equals the compiled function once the graph optimiser's
remapping is off (FusedMatMul and its kin turn NaN into 0).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import tensorflow as tf
from tensorflow.python.eager import context, execute

from nantrace.replay.program import BRANCHES, CALLS, LOOPS, GraphProgram, GraphStep

MAX_ITERATIONS = 100_000
Eager = Callable[[str, Sequence[Any], Mapping[str, Any], int], list[Any]]


@dataclass(frozen=True, slots=True)
class Value:
    """A tensor on its way through the graph, with whatever the observer wants to remember about it."""

    tensor: Any
    mark: Any = None


@dataclass(frozen=True, slots=True)
class Site:
    """Where an operation stands: the calls that lead to it, its name, and the iteration of the innermost loop."""

    path: str
    step: GraphStep
    iteration: int | None


class Observer(Protocol):
    """Sees every executed operation; what it returns travels with the outputs as their mark."""

    def observe(self, site: Site, inputs: Sequence[Value], outputs: Sequence[Any]) -> Sequence[Any]: ...


# Given the operation and its inputs, other inputs to run it with, or None to leave them.
InputPatch = Callable[[Sequence[Any]], Sequence[Any]]
OutputPatch = Callable[[Any], Any]


@dataclass(frozen=True)
class Patches:
    """What an experiment changes, by the path of the operation."""

    inputs: Mapping[str, InputPatch] = field(default_factory=dict)
    outputs: Mapping[str, OutputPatch] = field(default_factory=dict)


@dataclass(frozen=True)
class Precision:
    """Which dtypes become which: usually wider ones, to see whether the rows pass there."""

    name: str
    wider: Mapping[Any, Any]

    def cast(self, tensors: Sequence[Any]) -> list[Any]:
        """Tensors of a narrow dtype in the wide one, others as they are."""
        return [
            tf.cast(tensor, self.wider[tensor.dtype]) if tensor.dtype in self.wider else tensor for tensor in tensors
        ]

    def run(self, step: GraphStep, tensors: Sequence[Any], eager: Eager) -> list[Any]:
        """One operation in the wide dtype; where it has no such kernel, in its own, with the result cast."""
        if any(tensor.dtype == tf.resource for tensor in tensors):
            return self.cast(eager(step.kind, tensors, step.attributes, len(step.outputs)))
        if step.kind == "FusedBatchNormV3":
            return _batch_norm(step, tensors)
        if step.kind == "Bitcast":  # the bits of another dtype are other bits, and more of them
            return self._in_own(step, tensors, eager)
        wide = {name: self._wide(value) for name, value in step.attributes.items()}
        try:
            return eager(step.kind, tensors, wide, len(step.outputs))
        except (tf.errors.NotFoundError, tf.errors.InvalidArgumentError, TypeError):
            return self._in_own(step, tensors, eager)

    def _in_own(self, step: GraphStep, tensors: Sequence[Any], eager: Eager) -> list[Any]:
        narrow = self._narrow_inputs(step, tensors)
        return self.cast(eager(step.kind, narrow, step.attributes, len(step.outputs)))

    def _wide(self, value: Any) -> Any:
        if isinstance(value, tf.DType):
            return self.wider.get(value, value)
        if isinstance(value, list) and value and isinstance(value[0], tf.DType):
            return [self.wider.get(one, one) for one in value]
        return value

    def _narrow_inputs(self, step: GraphStep, tensors: Sequence[Any]) -> list[Any]:
        own = next((v for v in step.attributes.values() if isinstance(v, tf.DType) and v in self.wider), None)
        wide = set(self.wider.values())
        return [tf.cast(t, own) if own is not None and t.dtype in wide else t for t in tensors]


FLOAT64 = Precision("float64", dict.fromkeys((tf.float16, tf.bfloat16, tf.float32), tf.float64))
FLOAT16 = Precision("float16", {tf.float32: tf.float16})
FLOAT32 = Precision("float32", dict.fromkeys((tf.float16, tf.bfloat16), tf.float32))


class Interpreter:
    """Runs one program; cheap to make, so make one per run."""

    def __init__(
        self,
        observer: Observer | None = None,
        precision: Precision | None = None,
        patches: Patches | None = None,
    ) -> None:
        self._observer, self._precision, self._patches = observer, precision, patches or Patches()
        self._context = context.context()

    def run(self, program: GraphProgram, arguments: Sequence[Value]) -> list[Value]:
        """The results of the program for these arguments, in the order of the graph's outputs."""
        return self._run(program, arguments, "", None)

    def _run(self, program: GraphProgram, arguments: Sequence[Value], path: str, iteration: int | None) -> list[Value]:
        values: list[Any] = [None] * program.slots
        for slot, value in zip(program.arguments, arguments, strict=True):
            values[slot] = value
        for step in program.steps:
            inputs = [values[slot] for slot in step.inputs]
            for slot, value in zip(step.outputs, self._outputs(step, inputs, path, iteration), strict=True):
                values[slot] = value
            for slot in step.frees:
                values[slot] = None
        return [values[slot] for slot in program.results]

    def _outputs(self, step: GraphStep, inputs: list[Value], path: str, iteration: int | None) -> list[Value]:
        if step.kind in CALLS:
            return self._run(step.bodies[0], inputs, f"{path}{step.name}>", iteration)
        if step.kind in LOOPS:
            return self._loop(step, inputs, path)
        if step.kind in BRANCHES:
            chosen = int(inputs[0].tensor.numpy())
            branch = step.bodies[chosen if 0 <= chosen < len(step.bodies) else -1]
            return self._run(branch, inputs[1:], f"{path}{step.name}>", iteration)
        return self._operation(Site(path, step, iteration), inputs)

    def _loop(self, step: GraphStep, inputs: list[Value], path: str) -> list[Value]:
        condition, body = step.bodies
        inner = f"{path}{step.name}>"
        for iteration in range(MAX_ITERATIONS):
            if not bool(self._run(condition, inputs, inner, iteration)[0].tensor.numpy()):
                return inputs
            inputs = self._run(body, inputs, inner, iteration)
        raise RuntimeError(f"the loop {step.name} has not ended after {MAX_ITERATIONS} iterations")

    def _operation(self, site: Site, inputs: list[Value]) -> list[Value]:
        step, key = site.step, site.path + site.step.name
        tensors = [value.tensor for value in inputs]
        if key in self._patches.inputs:
            tensors = list(self._patches.inputs[key](tensors))
        outputs = self._kernel(step, tensors)
        if key in self._patches.outputs:
            outputs = [self._patches.outputs[key](tensor) for tensor in outputs]
        if self._observer is None:
            return [Value(tensor) for tensor in outputs]
        marks = self._observer.observe(site, inputs, outputs)
        return [Value(tensor, mark) for tensor, mark in zip(outputs, marks, strict=True)]

    def _kernel(self, step: GraphStep, tensors: list[Any]) -> list[Any]:
        if step.kind == "Const":
            outputs = [tf.constant(step.constant, step.attributes["dtype"])]
            return self._precision.cast(outputs) if self._precision else outputs
        if self._precision:
            return self._precision.run(step, tensors, self._eager)
        return self._eager(step.kind, tensors, step.attributes, len(step.outputs))

    def _eager(self, kind: str, tensors: Sequence[Any], attributes: Mapping[str, Any], count: int) -> list[Any]:
        flat: list[Any] = []
        for name, value in attributes.items():
            flat += [name, _as_eager(value)]
        return list(
            execute.execute(kind.encode(), count, inputs=list(tensors), attrs=tuple(flat), ctx=self._context) or []
        )


def _as_eager(value: Any) -> Any:
    if isinstance(value, tf.DType):
        return value.as_datatype_enum
    if isinstance(value, list) and value and isinstance(value[0], tf.DType):
        return [one.as_datatype_enum for one in value]
    return value


def _batch_norm(step: GraphStep, tensors: Sequence[Any]) -> list[Any]:
    """FusedBatchNormV3, whose kernel exists in float32 only. With the statistics of the batch it is what Keras 2
    makes of a layer normalisation.
    """
    x, scale, offset, mean, variance = tensors
    first = step.attributes["data_format"] == b"NCHW"
    if step.attributes["is_training"]:
        mean, variance = tf.nn.moments(x, [0, 2, 3] if first else [0, 1, 2])
    parts = [scale, offset, mean, variance]
    scale, offset, middle, spread = (tf.reshape(t, [1, -1, 1, 1]) for t in parts) if first else parts
    factor = tf.math.rsqrt(spread + tf.cast(step.attributes["epsilon"], spread.dtype)) * scale
    factor, shift = tf.cast(factor, x.dtype), tf.cast(offset - middle * factor, x.dtype)
    return [x * factor + shift, mean, variance, mean, variance, tf.zeros([0], variance.dtype)]
