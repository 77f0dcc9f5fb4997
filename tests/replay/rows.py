"""Rows for the models of the tests."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.tensors.tensor import Tensor, Tensors

Array = NDArray[Any]
SHAPES: dict[str, dict[str, tuple[int, ...]]] = {
    "mlp": {"features": (3,)},
    "lstm": {"series": (8, 1)},
    "gru": {"series": (6, 3)},
    "transformer": {"tokens": (7,)},
    "nested": {"features": (3,)},
    "convolution": {"image": (6, 6, 2)},
    "half": {"numbers": (8,)},
    "two_inputs": {"tokens": (4,), "numbers": (3,)},
    "masked": {"scores": (5,), "mask": (5,)},
    "biased": {"scores": (5,), "bias": (5,)},
    "tested": {"numbers": (3,)},
    "pooling": {"series": (8, 2)},
    "logarithm": {"numbers": (3,)},
}


def rows_of(**arrays: Any) -> Tensors:
    return Tensors.of(*(Tensor(name, np.asarray(values)) for name, values in arrays.items()))


def ordinary(model: str, rows: int) -> dict[str, Array]:
    """Healthy rows, the same at every call."""
    rng = np.random.default_rng(11)
    found: dict[str, Array] = {}
    for name, shape in SHAPES[model].items():
        whole = name == "tokens"
        found[name] = rng.integers(1, 9, (rows, *shape)) if whole else rng.uniform(0.2, 0.9, (rows, *shape))
    if model == "masked":
        found["mask"] = np.ones((rows, 5))
    return found


def strewn(model: str, rows: int) -> Tensors:
    """Rows with NaN, infinities and very large numbers here and there; every third row is healthy."""
    bad = [np.nan, np.inf, -np.inf, 3e38, -3e38, 0.0]
    rng = np.random.default_rng(12)
    arrays = ordinary(model, rows)
    for values in arrays.values():
        if values.dtype.kind == "f":
            for row in range(rows):
                if row % 3:
                    cell = [int(rng.integers(0, size)) for size in values.shape[1:]]
                    values[(row, *cell)] = bad[row % 4 if row < 9 else row % len(bad)]
    return rows_of(**arrays)
