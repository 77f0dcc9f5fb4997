"""What each operation of the tests' networks computes, and the inputs on which it is safe."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Kernel = Callable[..., Array]


def _softmax_by_hand(x: Array) -> Array:
    return np.asarray(np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True))


KERNELS: Mapping[str, Kernel] = {
    "Cast": lambda x: x,  # the network casts the result of every operation to its own dtype
    "MatMul": lambda x, w: x @ w,
    "BiasAdd": lambda x, b: x + b,
    "AddV2": lambda x, y: x + y,
    "Sub": lambda x, y: x - y,
    "Mul": lambda x, y: x * y,
    "RealDiv": lambda x, y: x / y,
    "Relu": lambda x: np.maximum(x, x.dtype.type(0)),
    "Sigmoid": lambda x: 1 / (1 + np.exp(-x.astype(np.float64).clip(-500, 500))),
    "Exp": np.exp,
    "Log": np.log,
    "Sqrt": np.sqrt,
    "Rsqrt": lambda x: 1 / np.sqrt(x),
    "Acos": np.arccos,
    "Pow": np.power,
    "Square": np.square,
    "Softmax": lambda x: (
        np.exp(x - x.max(axis=-1, keepdims=True)) / np.exp(x - x.max(axis=-1, keepdims=True)).sum(-1, keepdims=True)
    ),
    "BarBeyondOne": lambda x, barred: np.where(x < 1, -x, barred),
    "Sum": lambda x: x.sum(axis=-1, keepdims=True),
    "SpreadOfPositions": lambda x: x.std(axis=1),
    "SpreadOfFeatures": lambda x: x.std(axis=-1, keepdims=True),
    "MeanOfBatch": lambda x: x.mean(axis=0, keepdims=True),
    "Number": lambda x: x.astype(np.float32),
    "SumOfPositions": lambda x: x.sum(axis=1),
    "ParseExampleV2": lambda codes: np.where(codes == 9, np.nan, codes),  # 9 is how these messages write NaN
    "ExpandDims": lambda x: x[..., None],
    "NotPadding": lambda tokens: (tokens != 0).astype(np.float32),
    "GatherV2": lambda indices, table: table[indices.astype(np.int64)],
    "Max": lambda x: np.fmax.reduce(x, axis=-1, keepdims=True),  # drops NaN, as MaxPooling does
    "MaxPool": lambda x: np.fmax(np.fmax.reduce(x, axis=-1, keepdims=True), -3.4028235e38),  # of nothing but NaN
    "Tanh": np.tanh,
    "FirstFeature": lambda x: x[:, :1],
}
PICKS = {"FirstFeature", "NotPadding"}  # read a part, or only ask: a bad value elsewhere is not lost in them


def fused_relu(x: Array) -> Array:
    """What the optimised CPU graph computes after Dense: NaN becomes 0."""
    return np.where(x > 0, x, x.dtype.type(0))


def _above(least: float) -> Callable[[list[Array]], list[Array]]:
    return lambda x: [np.where(x[0] > least, x[0], least), *x[1:]]


GUARDS: Mapping[str, Callable[[list[Array]], list[Array]]] = {
    "Log": _above(1e-7),
    "Sqrt": _above(0.0),
    "Rsqrt": _above(1e-7),
    "Acos": lambda x: [x[0].clip(-1, 1)],
    "RealDiv": lambda x: [x[0], np.where(np.abs(x[1]) > 1e-7, x[1], 1e-7)],
    "Exp": lambda x: [x[0] - x[0].max(axis=-1, keepdims=True)],
    "Pow": lambda x: [x[0].clip(1e-7, 100), x[1]],
}
