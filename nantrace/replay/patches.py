"""What an experiment changes in a model: an operation kept inside its domain, a weight made possible."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nantrace.replay.interpreter import Patches
from nantrace.replay.loading import LoadedModel

Array = NDArray[Any]
MASKED = -1e9  # what masks add to a score where they do not add -Inf
STATISTICS = ("variance", "moving_variance", "mean", "moving_mean")


def guard(operations: Mapping[str, str]) -> Patches:
    """Operations by path with their type: each gets inputs on which it is defined and does not overflow."""
    return Patches(inputs={path: _guards(kind) for path, kind in operations.items()})


def without_bad_constants(patches: Patches, names: Sequence[str]) -> Patches:
    """Beside other patches: constants (of the graph, or captured by it) that become finite."""
    return replace(patches, outputs=dict.fromkeys(names, finite_constant))


def finite_constant(tensor: Any) -> Any:
    """The tensor with MASKED for -Inf, which bars positions, and 1 for NaN and Inf.

    1 and not 0: the usual bad constant is a statistic that something is divided by.
    """
    lowest = max(MASKED, float(tensor.dtype.min) / 2)
    array = tensor.numpy().astype(np.float64)
    return tf.constant(np.nan_to_num(array, nan=1.0, posinf=1.0, neginf=lowest), tensor.dtype)


def _guards(kind: str) -> Callable[[Sequence[Any]], Sequence[Any]]:
    def patched(tensors: Sequence[Any]) -> Sequence[Any]:
        arrays = [tensor.numpy() for tensor in tensors]
        if arrays[0].dtype.kind != "f" and arrays[0].dtype.name != "bfloat16":
            return tensors
        safe = _SAFE.get(kind, _tamed)(arrays)
        return [tf.constant(new, old.dtype) for new, old in zip(safe, tensors, strict=True)]

    return patched


def _least(array: Array) -> float:
    """The smallest positive number whose logarithm, root and reciprocal are harmless in this dtype."""
    return 1e-3 if array.dtype.itemsize == 2 else 1e-7


def _above(limit: float, at: int = 0) -> Callable[[Sequence[Array]], list[Array]]:
    """The input number `at` is kept above the limit."""

    def safe(arrays: Sequence[Array]) -> list[Array]:
        least = limit + _least(arrays[at])
        above = np.where(arrays[at] > least, arrays[at], least)  # NaN becomes the limit too
        return [above if i == at else array for i, array in enumerate(arrays)]

    return safe


def _divisible(arrays: Sequence[Array]) -> list[Array]:
    top, bottom = arrays[0], arrays[-1]
    least = _least(bottom)
    sign = np.where(bottom < 0, -1, 1)
    return [top, np.where(np.abs(bottom) > least, bottom, sign * least)]


def _within(low: float, high: float) -> Callable[[Sequence[Array]], list[Array]]:
    def safe(arrays: Sequence[Array]) -> list[Array]:
        return [np.clip(arrays[0], low, high), *arrays[1:]]

    return safe


def _inside(low: float, high: float) -> Callable[[Sequence[Array]], list[Array]]:
    """Between two limits at which the operation is infinite."""

    def safe(arrays: Sequence[Array]) -> list[Array]:
        margin = 10 * _least(arrays[0])
        return [np.clip(arrays[0], low + margin, high - margin), *arrays[1:]]

    return safe


def _regular(arrays: Sequence[Array]) -> list[Array]:
    """Matrices with a ridge: a little of the unit matrix makes a singular one regular."""
    matrix = arrays[0]
    largest = np.abs(np.where(np.isfinite(matrix), matrix, 0)).max(axis=(-2, -1), keepdims=True, initial=0)
    return [matrix + 1e-3 * np.maximum(largest, 1e-3) * np.eye(matrix.shape[-1]), *arrays[1:]]


def _bounded_exponent(arrays: Sequence[Array]) -> list[Array]:
    """The largest exponent is brought to 0 where a row's exponents overflow, as a stable softmax does."""
    x = arrays[0].astype(np.float64)
    limit = np.log(float(np.finfo(arrays[0].dtype).max)) / 2 if arrays[0].dtype.kind == "f" else 40.0
    top = x.max(axis=-1, keepdims=True) if x.ndim else x
    return [np.where(top > limit, x - top, x).astype(arrays[0].dtype), *arrays[1:]]


def _power(arrays: Sequence[Array]) -> list[Array]:
    base = np.where(arrays[0] > 0, arrays[0], _least(arrays[0]))
    return [np.minimum(base, 1e4), np.clip(arrays[1], -8, 8)]


def _tamed(arrays: Sequence[Array]) -> list[Array]:
    """Magnitudes far below the root of the dtype's maximum, for sums and products."""
    found = []
    for array in arrays:
        if array.dtype.kind != "f":
            found.append(array)
            continue
        limit = float(np.finfo(array.dtype).max) ** 0.25
        found.append(np.clip(np.nan_to_num(array, posinf=limit, neginf=-limit), -limit, limit))
    return found


_SAFE: dict[str, Callable[[Sequence[Array]], list[Array]]] = {
    "Log": _above(0.0),
    "Log1p": _above(-1.0),
    "Sqrt": _above(0.0),
    "Rsqrt": _above(0.0),
    "Reciprocal": _above(0.0),
    "Inv": _above(0.0),
    "Digamma": _above(0.0),
    "Lgamma": _above(0.0),
    "RealDiv": _divisible,
    "Div": _divisible,
    "FloorDiv": _divisible,
    "FloorMod": _divisible,
    "Mod": _divisible,
    "TruncateDiv": _divisible,
    "TruncateMod": _divisible,
    "Xdivy": _divisible,
    "Xlogy": _above(0.0, at=1),
    "Xlog1py": _above(-1.0, at=1),
    "Polygamma": _above(0.0, at=1),
    **dict.fromkeys(("MatrixInverse", "MatrixDeterminant", "LogMatrixDeterminant", "Cholesky"), _regular),
    **dict.fromkeys(("MatrixSolve", "MatrixTriangularSolve", "SelfAdjointEigV2", "Svd"), _regular),
    "Acos": _within(-1 + 1e-6, 1 - 1e-6),
    "Asin": _within(-1 + 1e-6, 1 - 1e-6),
    "Atanh": _inside(-1.0, 1.0),
    "Erfinv": _inside(-1.0, 1.0),
    "Ndtri": _inside(0.0, 1.0),
    "Acosh": _above(1.0),
    "Exp": _bounded_exponent,
    "Expm1": _bounded_exponent,
    "Cosh": _within(-40.0, 40.0),
    "Sinh": _within(-40.0, 40.0),
    "Pow": _power,
}


@contextmanager
def changed_weights(model: LoadedModel, changes: Mapping[str, Array]) -> Iterator[None]:
    """Assigns other values to variables by path while the block runs."""
    before = {path: model.variables[path].numpy() for path in changes}
    try:
        for path, values in changes.items():
            model.variables[path].assign(values)
        yield
    finally:
        for path, values in before.items():
            model.variables[path].assign(values)


def without_nonfinite(model: LoadedModel) -> dict[str, Array]:
    """Every weight with NaN or infinities, with these replaced by 0 (a variance by 1)."""
    changes = {}
    for path, variable in model.variables.items():
        values = variable.numpy()
        if variable.dtype.is_floating and not np.isfinite(values).all():
            neutral = 1 if path.rsplit("/", 1)[-1] in ("moving_variance", "variance") else 0
            changes[path] = np.where(np.isfinite(values), values, np.asarray(neutral, values.dtype))
    return changes


def possible_statistics(model: LoadedModel, layer: str) -> dict[str, Array]:
    """The statistics of one normalisation layer with each impossible one (variance <= 0, non-finite) made 1 or 0."""
    changes = {}
    for path, variable in model.variables.items():
        owner, _, name = path.rpartition("/")
        if name not in STATISTICS or not (owner == layer or owner.endswith(f"/{layer}")):
            continue
        values = variable.numpy()
        possible = np.isfinite(values) & ((values > 0) if "variance" in name else True)
        fallback = np.asarray(1 if "variance" in name else 0, values.dtype)
        if not possible.all():
            changes[path] = np.where(possible, values, fallback)
    return changes


def scaled_down(model: LoadedModel, layer: str | None) -> dict[str, Array]:
    """The weights of a layer (of all layers without one) scaled so that the largest has magnitude 1."""
    changes = {}
    for path, variable in model.variables.items():
        values = variable.numpy()
        top = float(np.abs(values).max()) if variable.dtype.is_floating and values.size else 0.0
        if np.isfinite(top) and top > 1 and (layer is None or f"/{layer}/" in f"/{path}"):
            changes[path] = (values / top).astype(values.dtype)
    return changes
