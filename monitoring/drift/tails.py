"""The cells of a tensor outside the reference's range: extremes and summed distances."""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from monitoring.drift.exact_sums import exact_sums
from monitoring.drift.layout import TensorLayout
from monitoring.drift.tensor_window import Counts, Tail

Floats = NDArray[np.float64]

LARGEST = np.finfo(np.float64).max
EXTREME_BITS = 24
DROPPED_BITS = 41  # of the 53 of a distance
TOGETHER = 128  # stretches, whose cells stay in the processor's second cache


def tails_of(layout: TensorLayout, numbers: NDArray[Any], rows: int, outside: Counts) -> tuple[Tail, Tail]:
    """Both tails of numbers (cells, features).

    `outside` (stretches, 2 features): how many finite cells of each stretch of `rows` cells lie below the range of a
    feature, and behind these how many lie above it.
    """
    features, bounds = layout.features, _bounds(layout, numbers.dtype)
    both = Tail.empty(2 * features)
    sides, places = np.nonzero(outside.T if not layout.text else np.empty((0, 0)))
    for start in range(0, len(sides), TOGETHER):
        some, where = sides[start : start + TOGETHER], places[start : start + TOGETHER]
        cells = _stretches(numbers, rows, some % features, where)
        with np.errstate(over="ignore", invalid="ignore"):  # a signalling NaN is a NaN
            both.add_at(*_tails(cells, some, np.where(some < features, -1.0, 1.0), bounds[:, some, None]))
    return both.at(slice(features)), both.at(slice(features, None))


def _tails(
    cells: NDArray[Any], sides: NDArray[np.intp], outward: Floats, bounds: Floats
) -> tuple[NDArray[np.intp], Tail]:
    """What the cells (stretches, cells) add to the tails: the places in the tails, and what is added there.

    `sides` (stretches,) ascending, and `outward`: -1 where the side is below the range. Such are mirrored first, so
    that all reach upwards.
    """
    first, limits = bounds
    away = cells * outward[:, None]
    outside = np.where((away >= first) & (away < np.inf), away, np.nan)
    starts = np.flatnonzero(np.diff(sides, prepend=-1))
    nearest = _rounded_up(np.fmin.reduceat(np.fmin.reduce(outside, axis=1), starts))
    farthest = _rounded_up(np.fmax.reduceat(np.fmax.reduce(outside, axis=1), starts))
    ends = np.sort(outward[starts] * np.stack([nearest, farthest]), axis=0) + 0.0  # -0.0 would tell their order
    sums = exact_sums(_distances(outside, limits))
    return sides[starts], Tail(ends[0], ends[1], sums.added(starts))


def _stretches(numbers: NDArray[Any], rows: int, features: NDArray[np.intp], places: NDArray[np.intp]) -> NDArray[Any]:
    """Stretches `places` of these features, (stretches, cells)."""
    length = min(rows, len(numbers))
    starts = np.minimum(places * rows, len(numbers) - length)
    found = sliding_window_view(numbers, length, axis=0)[starts, features]
    found[np.arange(length) < (places * rows - starts)[:, None]] = np.nan  # the last stretch is shorter than the others
    return found


def _bounds(layout: TensorLayout, dtype: np.dtype[Any]) -> Floats:
    """(2, 2 features): the first number outside on each side, mirrored below the range, and the end of the range."""
    edges, moments = layout.boundaries(dtype), layout.moments
    with np.errstate(over="ignore"):
        below, above = np.nextafter(-edges.first, np.inf, dtype=dtype), edges.last
    ends = np.concatenate([-moments.minimum, moments.maximum])
    return np.stack([np.concatenate([below, above]).astype(np.float64), ends])


def _distances(outside: Floats, limits: Floats) -> Floats:
    """How far numbers lie above the limits, in 12 leading bits, 0 for NaN; rounded as integers, on vector registers."""
    distances = np.fmax(outside - limits, 0.0)
    bits = distances.view(np.int64)
    bits += 1 << DROPPED_BITS - 1
    bits &= -(1 << DROPPED_BITS)
    return np.minimum(distances, LARGEST, out=distances)


def _rounded_up(extremes: Floats) -> Floats:
    """Numbers of 24 bits, not below these: short to store, and still the same for equal ones."""
    fractions, exponents = np.frexp(extremes)
    short = np.ldexp(np.ceil(fractions * 2.0**EXTREME_BITS), exponents - EXTREME_BITS)
    return np.asarray(np.clip(short, -LARGEST, LARGEST))
