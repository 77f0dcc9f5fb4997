"""How to write an operation so that it stays inside its domain."""

_FORMS = {
    "Log": "keras.ops.log(keras.ops.maximum(x, 1e-7))  # or keras.ops.log1p(x), where x counts something",
    "Log1p": "keras.ops.log1p(keras.ops.maximum(x, -1 + 1e-7))",
    "Sqrt": "keras.ops.sqrt(keras.ops.maximum(x, 0.0))",
    "Rsqrt": "keras.ops.rsqrt(keras.ops.maximum(x, 1e-7))",
    "Reciprocal": "1 / keras.ops.maximum(x, 1e-7)  # for x >= 0",
    "RealDiv": "x / keras.ops.maximum(y, 1e-7)  # for y >= 0; tf.math.divide_no_nan(x, y) answers 0 for y = 0",
    "Pow": "keras.ops.power(keras.ops.maximum(x, 1e-7), p)",
    "Acos": "keras.ops.arccos(keras.ops.clip(x, -1.0, 1.0))",
    "Asin": "keras.ops.arcsin(keras.ops.clip(x, -1.0, 1.0))",
    "Atanh": "keras.ops.arctanh(keras.ops.clip(x, -1 + 1e-6, 1 - 1e-6))",
    "Acosh": "keras.ops.arccosh(keras.ops.maximum(x, 1.0))",
}
_ALIASES = {"Div": "RealDiv", "Xdivy": "RealDiv", "Inv": "Reciprocal", "FloorDiv": "RealDiv", "FloorMod": "RealDiv"}


def guarded_form(operation: str) -> str:
    """A line of Keras code for a TensorFlow operation type."""
    known = _FORMS.get(_ALIASES.get(operation, operation))
    return known or f"# keep what goes into {operation} inside its domain, for example with keras.ops.clip"
