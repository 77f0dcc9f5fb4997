"""How to write an operation that grows exponentially so that it does not overflow."""

from typing import Any

_EXP = """\
# a softmax by hand: use the library's, which subtracts the largest logit first
probabilities = keras.ops.softmax(logits, axis=-1)
# log(sum(exp(x))): keras.ops.logsumexp(x, axis=-1)    log(1 + exp(x)): keras.ops.softplus(x)
# exp(x) / (1 + exp(x)): keras.ops.sigmoid(x)
# an exponential head: bound what goes into it
rate = keras.ops.exp(keras.ops.minimum(x, 80.0))  # float32 ends at exp(88.7)"""

_FORMS = {
    "Expm1": "keras.ops.expm1(keras.ops.minimum(x, 80.0))  # float32 ends at expm1(88.7)",
    "Sinh": "keras.ops.sinh(keras.ops.clip(x, -80.0, 80.0))  # float32 ends at sinh(89.4)",
    "Cosh": """\
keras.ops.cosh(keras.ops.clip(x, -80.0, 80.0))  # float32 ends at cosh(89.4)
# log(cosh(x)): keras.ops.abs(x) + keras.ops.softplus(-2.0 * keras.ops.abs(x)) - math.log(2.0)""",
}
ROOM = 1e30  # a large number that float32 and bfloat16 hold with room for sums of it


def stable_form(operation: str, operands: list[Any]) -> str:
    """Lines of Keras code for a TensorFlow operation type; `operands` are its inputs where it overflowed."""
    if operation == "Pow" and len(operands) == 2 and isinstance(operands[1], float) and operands[1]:
        return _power(operands[1])
    return _FORMS.get(operation, _EXP)


def _power(exponent: float) -> str:
    limit = ROOM ** (1 / exponent)
    if exponent < 0:
        return f"keras.ops.power(keras.ops.maximum(x, {limit:.3g}), {exponent:g})  # for x > 0"
    return f"keras.ops.power(keras.ops.clip(x, {-limit:.3g}, {limit:.3g}), {exponent:g})  # up to {ROOM:.0e}"
