"""What an experiment changes in a model: an operation kept inside its domain, a weight made possible."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nantrace.operations import operation, tamed
from nantrace.replay.interpreter import Patches
from nantrace.replay.loading import LoadedModel
from nantrace.replay.places import STATISTICS

Array = NDArray[Any]
MASKED = -1e9  # what masks add to a score where they do not add -Inf


def guard(operations: Mapping[str, str]) -> Patches:
    """Operations by path with their type: each gets inputs on which it is defined and does not overflow."""
    return Patches(inputs={path: _guards(kind) for path, kind in operations.items()})


def without_bad_constants(patches: Patches, names: Sequence[str]) -> Patches:
    """With other patches: constants (of the graph, or captured by it) that become finite."""
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
        row = operation(kind)
        safe = tamed(arrays) if row is None else row.guarded(arrays)
        return [tf.constant(new, old.dtype) for new, old in zip(safe, tensors, strict=True)]

    return patched


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


def without_nonfinite(model: LoadedModel, filler: float) -> dict[str, Array]:
    """Every weight with NaN or infinities, with these replaced by the filler (a variance by 1)."""
    changes = {}
    for path, variable in model.variables.items():
        values = variable.numpy()
        if variable.dtype.is_floating and not np.isfinite(values).all():
            neutral = 1 if path.rsplit("/", 1)[-1] in ("moving_variance", "variance") else filler
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
