"""Rows for the tests of named faults: columns of several shapes, none of them normal throughout."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.faults import Fault, name_faults
from nantrace.drift.profile import take_profile
from nantrace.tensors.tensor import Tensor, Tensors

Array = NDArray[Any]
SKEWED, HUMPS, COUNTS, HEAVY = range(4)


def rows(size: int, seed: int) -> Array:
    """Log-normal, two-humped, counts, heavy-tailed; two decimals but for the counts; shape (size, 4) float64."""
    random = np.random.default_rng(seed)
    humps = np.where(random.random(size) < 0.4, random.normal(20, 2, size), random.normal(45, 5, size))
    columns = [random.lognormal(3, 1, size), humps, random.poisson(4, size), random.standard_t(3, size) * 4 + 60]
    return np.round(np.column_stack(columns), 2)


def reference() -> Array:
    return rows(4000, seed=1)


def window(size: int = 1000) -> Array:
    return rows(size, seed=2)


def scaler() -> tuple[Array, Array, dict[str, Any]]:
    """Mean, scale, and the metadata of a StandardScaler that was fitted on the reference."""
    mean, scale = reference().mean(axis=0), reference().std(axis=0)
    return mean, scale, {"scaler": {"kind": "standard", "mean": mean.tolist(), "scale": scale.tolist()}}


def named(known: Any, current: Any, preprocessing: dict[str, Any] | None = None) -> list[Fault]:
    """The faults of `current` against `known`, arrays of the only input."""
    profile = take_profile(Tensors.of(Tensor("inputs", np.ascontiguousarray(known))))
    return name_faults(
        profile, Tensors.of(Tensor("inputs", np.ascontiguousarray(current))), {"preprocessing": preprocessing}
    )


def kinds(faults: list[Fault]) -> list[tuple[str, tuple[int, ...]]]:
    return [(fault.kind, fault.features) for fault in faults]
