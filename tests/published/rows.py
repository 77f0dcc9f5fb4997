"""Rows for a published model, healthy ones and ones with a fault each."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.replay.model_inputs import InputSpec
from nantrace.tensors.tensor import Tensor, Tensors
from tests.published.files import PublishedModel

Arrays = dict[str, NDArray[Any]]
HEALTHY = 3
FAULTS = ("missing", "infinite", "huge", "blank", "raw")


def healthy(model: PublishedModel, specs: Sequence[InputSpec], rows: int = HEALTHY) -> Arrays:
    """Numbers of the usual size, and whole ones inside the vocabulary."""
    generator = np.random.default_rng(5)
    return {spec.name: _cells(model, spec, rows, generator) for spec in specs}


def with_faults(arrays: Arrays) -> Arrays:
    """The healthy rows, then a row for each of FAULTS, in the first input of floats."""
    name = next(name for name, values in arrays.items() if values.dtype.kind == "f")
    rows = {key: np.concatenate([values, values[[0] * len(FAULTS)]]) for key, values in arrays.items()}
    cells = rows[name].reshape(len(rows[name]), -1)
    for place, value in ((0, np.nan), (1, np.inf), (2, 1e30)):
        cells[HEALTHY + place, 0] = value
    cells[HEALTHY + 3] = 0
    cells[HEALTHY + 4] *= 255
    return rows


def as_tensors(arrays: Arrays) -> Tensors:
    return Tensors.of(*(Tensor(name, values) for name, values in arrays.items()))


def _cells(model: PublishedModel, spec: InputSpec, rows: int, generator: np.random.Generator) -> NDArray[Any]:
    shape = (rows, *(model.length if size is None else size for size in (spec.shape or ())[1:]))
    if spec.dtype == "string":
        return np.full(shape, "def area(r):\n    return 3.14 * r * r\n")
    dtype = np.dtype(spec.dtype)
    if dtype.kind in "iu":
        return generator.integers(0, model.vocabulary, shape).astype(dtype)
    if model.one_hot:
        return np.eye(shape[-1], dtype=dtype)[generator.integers(0, shape[-1], shape[:-1])]
    return generator.uniform(0, 1, shape).astype(dtype)
