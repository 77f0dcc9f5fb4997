"""Interval arithmetic on float64 arrays of a tensor's shape.

Rounding is not accounted for: the bounds serve messages, not proofs.
"""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nantrace.replay.interpreter import Value

Array = NDArray[Any]
INFINITE = float("inf")


@dataclass(frozen=True, slots=True)
class Bounds:
    """`top_of` is the tensor whose maximum this is; `peak` a value that some element along the last axis attains."""

    low: Array
    high: Array
    top_of: Any = None
    peak: float | None = None


def exact(tensor: Any) -> Bounds:
    """A tensor whose values are known."""
    if tensor.dtype in (tf.resource, tf.variant, tf.string):
        return Bounds(np.zeros(0), np.zeros(0))
    array = np.asarray(tensor.numpy()).astype(np.float64)
    return Bounds(array, array)


def bounds_of(value: Value) -> Bounds:
    return value.mark if value.mark is not None else exact(value.tensor)


def is_bounded(bounds: Bounds) -> bool:
    return bool(np.isfinite(bounds.low).all() and np.isfinite(bounds.high).all())


def ordered(low: Array, high: Array, top_of: Any = None) -> Bounds:
    return Bounds(np.where(np.isnan(low), -INFINITE, low), np.where(np.isnan(high), INFINITE, high), top_of)


def difference(one: Bounds, other: Bounds) -> Bounds:
    return ordered(one.low - other.high, one.high - other.low)


def product(one: Bounds, other: Bounds) -> Bounds:
    ends = [np.nan_to_num(a * b, nan=0.0, posinf=INFINITE, neginf=-INFINITE) for a, b in _ends(one, other)]
    return Bounds(np.minimum.reduce(ends), np.maximum.reduce(ends))


def _ends(one: Bounds, other: Bounds) -> list[tuple[Array, Array]]:
    return list(itertools.product((one.low, one.high), (other.low, other.high)))


def square(one: Bounds) -> Bounds:
    magnitude = absolute(one)
    return Bounds(magnitude.low**2, magnitude.high**2)


def absolute(one: Bounds) -> Bounds:
    low, high = np.abs(one.low), np.abs(one.high)
    through_zero = (one.low <= 0) & (one.high >= 0)
    return Bounds(np.where(through_zero, 0.0, np.minimum(low, high)), np.maximum(low, high))


def reciprocal(one: Bounds) -> Bounds:
    through_zero = (one.low <= 0) & (one.high >= 0)
    low, high = np.where(through_zero, -INFINITE, 1 / one.high), np.where(through_zero, INFINITE, 1 / one.low)
    return Bounds(np.where(one.low == 0, 1 / one.high, low), high)


def inverse_root(one: Bounds) -> Bounds:
    return Bounds(1 / np.sqrt(np.maximum(one.high, 0)), 1 / np.sqrt(np.maximum(one.low, 0)))


def quotient(one: Bounds, other: Bounds) -> Bounds:
    return product(one, reciprocal(other))
