"""Puts names that a person knows on operations of a graph: the layer, the weight, the input."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from nantrace.replay.walk import ARGUMENT, Node

STATISTICS = {"moving_mean", "moving_variance", "mean", "variance"}
NORMALIZING_WEIGHTS = STATISTICS | {"gamma", "beta"}
NORMALIZING_CLASS = re.compile(r"^(?!Unit|Spectral|Weight).*Normalization$")
"""Of layers that normalise data by what they keep or measure of it. UnitNormalization has no statistics and no epsilon,
spectral and weight normalisation divide a trained kernel by its own norm."""


@dataclass(frozen=True)
class Names:
    """What is known of a model's names: input arguments, layers by path, variables by path.

    Where Keras shows no layers (a SavedModel), `operations` holds the type of every operation by its name, and the
    scopes that Keras left in these names show the layers.
    """

    model: str
    inputs: frozenset[str]
    layers: Mapping[str, str] = field(default_factory=dict)
    variables: frozenset[str] = frozenset()
    trainable: frozenset[str] = frozenset()  # of the variables
    operations: Mapping[str, str] = field(default_factory=dict)
    scopes: frozenset[str] = frozenset()  # every part of every operation's name

    @cached_property
    def _known(self) -> frozenset[str]:
        parts = {part for path in self.layers for part in path.split("/")}
        parts |= {part for path in self.variables for part in path.split("/")[:-1]}
        return frozenset(parts | {self.model} - {""})

    @cached_property
    def _numbered(self) -> frozenset[str]:
        """Names of which a numbered form occurs."""
        return frozenset(without_number(scope) for scope in self.scopes if scope != without_number(scope))

    @cached_property
    def _normalizing(self) -> frozenset[str]:
        """Paths of layers that normalise, by class where Keras shows it, else by the names of their weights."""
        by_class = {path for path, kind in self.layers.items() if NORMALIZING_CLASS.search(kind)}
        by_weight = {
            self.layer_of_variable(path)
            for path in self.variables
            if not self.layers and path.rsplit("/", 1)[-1] in NORMALIZING_WEIGHTS
        }
        return frozenset(filter(None, by_class | by_weight | self._normalizing_by_formula()))

    def _normalizing_by_formula(self) -> set[str | None]:
        """Exported layers that divide by the root of a mean square, as layer and RMS normalisation do."""
        kinds: dict[str | None, set[str]] = {}
        for name, kind in self.operations.items():
            kinds.setdefault(self.layer_of_operation(name), set()).add(kind)
        return {
            layer
            for layer, found in kinds.items()
            if layer != self.model and {"Rsqrt", "Mean"} <= found and found & {"Square", "SquaredDifference"}
        }

    def layer_of_operation(self, path: str) -> str | None:
        """The layer in whose call an operation stands; the model itself for a bare operation node."""
        for segment in reversed(path.split(">")):
            parts = [self._recognised(part) for part in segment.split("/")[:-1]]
            found = [part for part in parts if part]
            if found == [self.model] and self.operations:
                below = segment.split("/")[1:-1]  # a layer without weights: only its scope shows it
                return without_number(below[0]) if below else self.model
            if found:
                return self._without_model(found)
        return self.model or None

    @cached_property
    def _wrapped(self) -> dict[str, str]:
        """What a TimeDistributed wraps, by its path: it calls the layer without a scope of the layer's own."""
        parents = {path: path.rpartition("/")[0] for path in self.layers}
        return {up: path for path, up in parents.items() if self.layers.get(up) == "TimeDistributed"}

    def layer_of_variable(self, path: str) -> str | None:
        """The layer that owns a weight."""
        return self._without_model(path.split("/")[:-1])

    def normalises(self, layer: str | None) -> bool:
        """Whether a layer is (or lies in) a normalisation layer."""
        return layer is not None and any(layer == known or layer.startswith(f"{known}/") for known in self._normalizing)

    def place(self, node: Node, row: int) -> dict[str, Any]:
        """A node as the contract's origin, for one row, with what else the diagnosis wants to know."""
        kind, name, layer, operation = self._identify(node)
        return {
            "kind": kind,
            "name": name,
            "layer": layer,
            "operation": operation,
            "iteration": node.iteration,
            "value": "NaN" if node.nan[row] else _infinity(node, row),
            "inputs": [_with_text(one) for one in node.ranges],
            "operands": [_as_json(number) for number in node.operands],
            "normalises": self.normalises(layer),
            "trainable": node.variable in self.trainable if kind == "weight" else None,
            "shared": node.shared,
            "only_zero": node.only_zero,
            "dtype": node.dtype,
        }

    def _identify(self, node: Node) -> tuple[str, str, str | None, str | None]:
        if node.kind == ARGUMENT:
            return ("input" if node.name in self.inputs else "constant"), node.name, None, None
        if node.variable in self.variables:
            return "weight", node.variable, self.layer_of_variable(node.variable), None
        layer = self.layer_of_operation(node.name)
        if node.kind == "Const" or node.variable is not None:  # a resource that is no variable is a look-up table
            return "constant", node.name, layer, node.kind
        return "operation", node.name, layer, node.kind

    def _recognised(self, part: str) -> str | None:
        bare = without_number(part)
        if bare in self._known and part in self._numbered:
            return bare  # `dense_1` is the layer `dense`, numbered: the layer `dense_1` became `dense_1_2`
        return part if part in self._known else (bare if bare in self._known else None)

    def _without_model(self, parts: list[str]) -> str | None:
        inner = parts[1:] if len(parts) > 1 and parts[0] == self.model else parts
        path = "/".join(inner)
        return self._wrapped.get(path, path) or None


def without_number(scope: str) -> str:
    """`dense` of `dense_1`: TensorFlow numbers a scope that it sees again."""
    return re.sub(r"_\d+$", "", scope)


def _infinity(node: Node, row: int) -> str:
    return "Infinity" if node.positive is None or node.positive[row] else "-Infinity"


def _with_text(limits: Mapping[str, float]) -> dict[str, Any]:
    return {name: _as_json(number) for name, number in limits.items()}


def _as_json(number: float) -> float | str:
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return number
