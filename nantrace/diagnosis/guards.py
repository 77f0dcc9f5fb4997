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
    "Erfinv": "keras.ops.erfinv(keras.ops.clip(x, -1 + 1e-6, 1 - 1e-6))",
    "Ndtri": "tf.math.ndtri(keras.ops.clip(p, 1e-6, 1 - 1e-6))",
    "Xlogy": "tf.math.xlogy(x, keras.ops.maximum(y, 1e-7))",
    "Xlog1py": "tf.math.xlog1py(x, keras.ops.maximum(y, -1 + 1e-7))",
    "Xdivy": "tf.math.xdivy(x, keras.ops.maximum(y, 1e-7))  # for y >= 0",
    "FloorDiv": "x // keras.ops.maximum(y, 1e-7)  # for y >= 0",
    "FloorMod": "x % keras.ops.maximum(y, 1e-7)  # for y >= 0",
    "Lgamma": "tf.math.lgamma(keras.ops.maximum(x, 1e-7))  # log(n!) is lgamma(n + 1)",
    "Digamma": "tf.math.digamma(keras.ops.maximum(x, 1e-7))",
}
_MATRIX = "matrix + 1e-3 * keras.ops.eye(n)  # a ridge, before {operation}; scale 1e-3 to the size of the entries"
_ALIASES = {"Div": "RealDiv", "Inv": "Reciprocal", "Mod": "FloorMod", "TruncateDiv": "FloorDiv"}


def guarded_form(operation: str) -> str:
    """A line of Keras code for a TensorFlow operation type."""
    if operation.startswith(("Matrix", "LogMatrix", "Cholesky", "SelfAdjointEig", "Svd")):
        return _MATRIX.format(operation=operation)
    known = _FORMS.get(_ALIASES.get(operation, operation))
    return known or f"# keep what goes into {operation} inside its domain, for example with keras.ops.clip"
