"""Another floating-point precision for a graph: usually a wider one, to see whether the rows pass there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from nantrace.replay.program import Step

Eager = Callable[[str, Sequence[Any], Mapping[str, Any], int], list[Any]]


@dataclass(frozen=True)
class Precision:
    """Which dtypes become which."""

    name: str
    wider: Mapping[Any, Any]

    def cast(self, tensors: Sequence[Any]) -> list[Any]:
        """Tensors of a narrow dtype in the wide one, others as they are."""
        return [
            tf.cast(tensor, self.wider[tensor.dtype]) if tensor.dtype in self.wider else tensor for tensor in tensors
        ]

    def run(self, step: Step, tensors: Sequence[Any], eager: Eager) -> list[Any]:
        """One operation in the wide dtype; where it has no such kernel, in its own, with the result cast."""
        if any(tensor.dtype == tf.resource for tensor in tensors):
            return self.cast(eager(step.kind, tensors, step.attributes, len(step.outputs)))
        if step.kind == "FusedBatchNormV3":
            return _batch_norm(step, tensors)
        wide = {name: self._wide(value) for name, value in step.attributes.items()}
        try:
            return eager(step.kind, tensors, wide, len(step.outputs))
        except (tf.errors.NotFoundError, tf.errors.InvalidArgumentError, TypeError):
            narrow = self._narrow_inputs(step, tensors)
            return self.cast(eager(step.kind, narrow, step.attributes, len(step.outputs)))

    def _wide(self, value: Any) -> Any:
        if isinstance(value, tf.DType):
            return self.wider.get(value, value)
        if isinstance(value, list) and value and isinstance(value[0], tf.DType):
            return [self.wider.get(one, one) for one in value]
        return value

    def _narrow_inputs(self, step: Step, tensors: Sequence[Any]) -> list[Any]:
        own = next((v for v in step.attributes.values() if isinstance(v, tf.DType) and v in self.wider), None)
        wide = set(self.wider.values())
        return [tf.cast(t, own) if own is not None and t.dtype in wide else t for t in tensors]


FLOAT64 = Precision("float64", dict.fromkeys((tf.float16, tf.bfloat16, tf.float32), tf.float64))
FLOAT16 = Precision("float16", {tf.float32: tf.float16})
FLOAT32 = Precision("float32", dict.fromkeys((tf.float16, tf.bfloat16), tf.float32))


def _batch_norm(step: Step, tensors: Sequence[Any]) -> list[Any]:
    """FusedBatchNormV3 at inference; the kernel itself exists in float32 only."""
    x, scale, offset, mean, variance = tensors
    if step.attributes["data_format"] == b"NCHW":
        shape = [1, -1, 1, 1]
        scale, offset, mean, variance = (tf.reshape(t, shape) for t in (scale, offset, mean, variance))
    factor = tf.math.rsqrt(variance + tf.cast(step.attributes["epsilon"], variance.dtype)) * scale
    factor, shift = tf.cast(factor, x.dtype), tf.cast(offset - mean * factor, x.dtype)
    return [x * factor + shift, mean, variance, mean, variance, tf.zeros([0], variance.dtype)]
