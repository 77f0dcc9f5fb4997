"""A neural network small enough to compute in numpy, operation by operation, with names as TensorFlow gives them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.diagnosis.kernels import GUARDS, KERNELS, fused_relu

Array = NDArray[Any]


@dataclass(frozen=True)
class Operation:
    """One operation; its name is also the name of the value it computes."""

    name: str
    kind: str
    inputs: tuple[str, ...]
    layer: str
    normalises: bool


@dataclass(frozen=True)
class Input:
    """`kind` is "f" or "i"; an integer input may have a vocabulary beyond which the model raises."""

    name: str
    shape: tuple[int, ...]
    kind: str = "f"
    vocabulary: int | None = None


@dataclass(frozen=True)
class Changes:
    """What an experiment computes differently."""

    weights: Mapping[str, Array] = field(default_factory=dict)
    guards: Mapping[str, str] = field(default_factory=dict)
    fused: bool = False
    dtype: type[np.floating[Any]] | None = None


@dataclass
class Network:
    """Inputs, weights by path, and operations in the order in which they run."""

    inputs: Sequence[Input]
    dtype: type[np.floating[Any]] = np.float32
    weights: dict[str, Array] = field(default_factory=dict)
    constants: dict[str, Array] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)

    @classmethod
    def of_features(cls, count: int, dtype: type[np.floating[Any]] = np.float32) -> "Network":
        return cls([Input("inputs", (count,))], dtype)

    def weight(self, path: str, values: Any) -> str:
        self.weights[path] = np.asarray(values, np.float32)
        return path

    def constant(self, name: str, values: Any) -> str:
        self.constants[name] = np.asarray(values, np.float32)
        return name

    def run(self, kind: str, *inputs: str, layer: str = "model", normalises: bool = False) -> str:
        """Adds an operation and returns the name of its value."""
        name = f"{layer}/{kind}"
        taken = sum(one.name.startswith(name) for one in self.operations)
        name = f"{name}_{taken}" if taken else name
        self.operations.append(Operation(name, kind, inputs, layer, normalises))
        return name

    def dense(self, layer: str, x: str, kernel: Any, activation: str | None = None) -> str:
        product = self.run("MatMul", x, self.weight(f"{layer}/kernel", kernel), layer=layer)
        bias = self.weight(f"{layer}/bias", np.zeros(np.asarray(kernel).shape[1]))
        summed = self.run("BiasAdd", product, bias, layer=layer)
        return self.run(activation, summed, layer=layer) if activation else summed

    def compute(self, feed: Mapping[str, Array], changes: Changes) -> dict[str, Array]:
        """All values by name; the last operation's is the output."""
        dtype = changes.dtype or self.dtype
        given = {**self.weights, **self.constants, **changes.weights}
        values = {name: self._as(array, dtype) for name, array in given.items()}
        values |= {name: self._as(array, np.float32) for name, array in feed.items()}
        for name, kind in changes.guards.items():
            if kind == "Const":
                values[name] = np.where(np.isfinite(values[name]), values[name], 0).astype(dtype)
        with np.errstate(all="ignore"):
            for operation in self.operations:
                inputs = [values[name] for name in operation.inputs]
                if operation.name in changes.guards and operation.kind in GUARDS:
                    inputs = GUARDS[operation.kind](inputs)
                answer = self._kernel(operation, changes.fused)(*inputs)
                values[operation.name] = answer.astype(dtype)
        return values

    @property
    def output(self) -> str:
        return self.operations[-1].name

    @staticmethod
    def _kernel(operation: Operation, fused: bool) -> Callable[..., Array]:
        after_dense = operation.inputs[0].endswith("BiasAdd")
        return fused_relu if fused and operation.kind == "Relu" and after_dense else KERNELS[operation.kind]

    @staticmethod
    def _as(array: Array, dtype: type[np.floating[Any]]) -> Array:
        with np.errstate(over="ignore"):
            return array.astype(dtype) if array.dtype.kind == "f" else array
