"""Rows to run through a model of which nobody sent a sample: of its reference, within its ranges, or made up."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from nantrace.audit.artifact_facts import InfiniteCells
from nantrace.reference import FeatureReference, InputReference, Reference
from nantrace.replay.model_inputs import InputSpec
from nantrace.tensors.tensor import Array, Tensor, Tensors

MOST_ROWS, MOST_CELLS = 48, 1_500_000
OPEN_AXIS = {1: 1, 2: 8, 3: 8, 4: 64}
"""Length of an axis that the model leaves open, by the rank of the input."""


def reference_rows(tensors: Tensors, generator: np.random.Generator) -> Tensors | None:
    """Finite rows of the reference, those with the largest and smallest values of features among them."""
    finite = np.flatnonzero(~tensors.nonfinite_rows())
    count = _count([tensor.values.shape[1:] for tensor in tensors])
    if not len(finite):
        return None
    extremes = [row for tensor in tensors for row in _extreme_rows(tensor, finite)]
    extremes = [*dict.fromkeys(extremes)]
    generator.shuffle(extremes)
    others = generator.permutation(finite)[:count].tolist()  # a list of millions takes a gigabyte
    return tensors.take(np.array([*dict.fromkeys([*extremes[: count // 2], *others])][:count], np.intp))


def rows_within(reference: Reference, specs: Sequence[InputSpec], generator: np.random.Generator) -> Tensors | None:
    """Rows whose single values lie within the reference: the lowest, the highest, then free combinations."""
    shapes = {spec.name: _known_shape(reference, spec) for spec in specs}
    count = _count(list(shapes.values()))
    tensors = []
    for spec in specs:
        known = reference.of(spec.name)
        drawn = None if known is None else _drawn(known, spec, (count, *shapes[spec.name]), generator)
        if drawn is None:
            return None
        tensors.append(Tensor(spec.name, drawn))
    return Tensors.of(*tensors)


def unit_rows(specs: Sequence[InputSpec], generator: np.random.Generator) -> Tensors | None:
    """Values between -1 and 1; zeros for integers; None where an input takes text."""
    shapes = [_open_shape(spec) for spec in specs]
    count = _count(shapes)
    tensors = []
    for spec, shape in zip(specs, shapes, strict=True):
        dtype = spec.numpy_dtype
        if dtype is None or spec.shape is None:
            return None
        whole = dtype.kind in "iub"
        values = np.zeros((count, *shape), np.int64) if whole else generator.uniform(-1, 1, (count, *shape))
        tensors.append(Tensor(spec.name, values))
    return Tensors.of(*tensors)


def limits(reference: Reference | None, specs: Sequence[InputSpec]) -> Tensors | None:
    """Two rows, the lowest and the highest values; infinities where the reference has none."""
    tensors = []
    for spec in specs:
        known = reference.of(spec.name) if reference is not None else None
        shape = _open_shape(spec) if known is None else _concrete(known.shape, spec)
        dtype = spec.numpy_dtype
        if dtype is None or spec.shape is None:
            return None
        low, high = _range(known, dtype)
        rows = [
            np.broadcast_to(one, shape).astype(np.int64 if dtype.kind in "iub" else np.float64) for one in (low, high)
        ]
        tensors.append(Tensor(spec.name, np.stack(rows)))
    return Tensors.of(*tensors)


def infinite_cells(tensors: Tensors) -> list[InfiniteCells]:
    """Features of the reference with infinities, and how many."""
    found = []
    for tensor in tensors:
        if tensor.values.dtype.kind == "f":
            columns = np.isinf(tensor.values).reshape(-1, tensor.values.shape[-1] if tensor.values.ndim > 1 else 1)
            counts = columns.sum(axis=0)
            found += [InfiniteCells(tensor.name, int(i), int(counts[i])) for i in np.flatnonzero(counts)]
    return found


def _count(shapes: Sequence[tuple[int, ...]]) -> int:
    cells = sum(math.prod(shape) for shape in shapes) or 1
    return max(2, min(MOST_ROWS, MOST_CELLS // cells))


def _extreme_rows(tensor: Tensor, finite: NDArray[np.intp]) -> Iterator[int]:
    """Rows in which a feature of the last axis is smallest or largest."""
    if tensor.values.dtype.kind not in "iuf" or not tensor.values[:1].size:
        return
    values = tensor.values[finite].reshape(len(finite), -1, tensor.values.shape[-1] if tensor.values.ndim > 1 else 1)
    for row in (*values.min(axis=1).argmin(axis=0), *values.max(axis=1).argmax(axis=0)):
        yield int(finite[row])


def _drawn(
    known: InputReference, spec: InputSpec, shape: tuple[int, ...], generator: np.random.Generator
) -> Array | None:
    if spec.numpy_dtype is None:
        distinct = known.features[0].distinct if known.features else None
        return generator.choice(np.array(distinct), shape) if distinct else None
    values = np.zeros(shape, np.float64)
    columns = values.reshape(shape[0], -1, len(known.features)) if len(known.features) > 1 else values
    for index, feature in enumerate(known.features):
        if feature.min is None or feature.max is None:
            return None
        column = columns[..., index] if len(known.features) > 1 else columns
        column[...] = _column(feature, column.shape, generator)
    return values.astype(np.int64) if spec.numpy_dtype.kind in "iub" else values


def _column(feature: FeatureReference, shape: tuple[int, ...], generator: np.random.Generator) -> Array:
    """The first row lowest, the second highest, of the others a third at either end."""
    low, high = float(feature.min or 0.0), float(feature.max or 0.0)
    if feature.distinct:
        free = generator.choice(np.array(feature.distinct, np.float64), shape)
    else:
        free = low + generator.uniform(0, 1, shape) * (high - low)
    ends = generator.uniform(0, 1, shape)
    drawn = np.where(ends < 1 / 6, low, np.where(ends > 5 / 6, high, free))
    drawn[0], drawn[1] = low, high
    return drawn


def _known_shape(reference: Reference, spec: InputSpec) -> tuple[int, ...]:
    known = reference.of(spec.name)
    return () if known is None else _concrete(known.shape, spec)


def _concrete(shape: Sequence[int], spec: InputSpec) -> tuple[int, ...]:
    """A row's shape in the reference, as the model takes it: a column of scalars is one feature."""
    return (*shape, 1) if spec.shape is not None and len(spec.shape) == len(shape) + 2 else tuple(shape)


def _open_shape(spec: InputSpec) -> tuple[int, ...]:
    shape = spec.shape or (None,)
    return tuple(OPEN_AXIS.get(len(shape), 1) if size is None else size for size in shape[1:])


def _range(known: InputReference | None, dtype: np.dtype[np.generic]) -> tuple[Array, Array]:
    widest = (-math.inf, math.inf) if dtype.kind == "f" or dtype.name == "bfloat16" else (0.0, 1.0)
    if known is None or any(feature.min is None or feature.max is None for feature in known.features):
        return np.array(widest[0]), np.array(widest[1])
    lows = np.array([feature.min for feature in known.features], np.float64)
    highs = np.array([feature.max for feature in known.features], np.float64)
    return (lows, highs) if len(lows) != 1 else (lows[0], highs[0])
