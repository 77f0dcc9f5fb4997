"""How spread the cells of a window are, compared with those of the reference: what one window shows of its clusters.

Cells that a common cause holds together are less spread than the reference: an hour is one value of the feature "hour
of day". Cells as spread as the reference, and somewhere else, were moved. The spread of numbers is measured in normal
scores of the reference's ranks; behind its extremes the scale goes on as it did from the median to them. That of
categories is the probability that two cells hold different values (Gini 1912, Simpson 1949).
"""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.layout import TensorLayout
from nantrace.drift.window import Tail, TensorWindow

QUARTERS = (0.25, 0.75)
FARTHEST = 1e6  # times from the median to the extreme: squares stay finite
SURE = 2.5  # standard errors: one window in 160 is so narrow by chance

Floats = NDArray[np.float64]


def clustering_within(layout: TensorLayout, window: TensorWindow, reference: TensorWindow) -> Floats:
    """Intraclass correlation of a window that is one cluster, (features,), 0 to 1: its variance falls short by that.

    0 for what is constant in the reference, and for categories, whose unknown values have no place.
    """
    return np.where(layout.category, 0.0, np.clip(1.0 - variance_ratio(layout, window, reference), 0.0, 1.0))


def surely_narrow(layout: TensorLayout, window: TensorWindow, reference: TensorWindow) -> Floats:
    """By how much the variance of a window falls short beyond chance, (features,), 0 to 1; 0 without cells."""
    cells = window.finite.astype(np.float64)
    error = np.sqrt(_variance_of_ratio(layout, window, reference) / np.maximum(cells, 1.0))
    short = 1.0 - variance_ratio(layout, window, reference) - SURE * error
    return np.where(cells > 1, np.clip(short, 0.0, 1.0), 0.0)


def variance_ratio(layout: TensorLayout, window: TensorWindow, reference: TensorWindow) -> Floats:
    """Variance of the window's cells, 1 for the reference's own, (features,); infinite where that is constant."""
    scores = _scores(layout, window, reference)
    inside = np.square(_outer_widths(layout, window) * np.abs(scores[:, [0, -1]])) / 12.0  # as if evenly spread
    within = (window.bins[:, [0, -1]] * inside).sum(axis=1) / np.maximum(window.finite, 1)
    here = np.where(layout.category, _diversity(window.bins), _variance(window.bins, scores) + within)
    own = np.where(layout.category, _diversity(reference.bins), _variance(reference.bins, scores))
    return np.where(own > 0, here / np.where(own > 0, own, 1.0), np.inf)


def quartile_ratio(layout: TensorLayout, window: TensorWindow, reference: TensorWindow) -> Floats:
    """Distance of the quartiles of the window's scores, 1 for the reference's own, (features,); 0 for a constant."""
    scores = _scores(layout, window, reference)
    own = _between_quartiles(reference.bins, scores)
    return np.where(own > 0, _between_quartiles(window.bins, scores) / np.where(own > 0, own, 1.0), 0.0)


def _variance_of_ratio(layout: TensorLayout, window: TensorWindow, reference: TensorWindow) -> Floats:
    """Variance of the variance ratio of one independent cell, (features,): 2 of a normal distribution."""
    shares = reference.bins / np.maximum(reference.finite, 1)[:, None]
    scores = _scores(layout, window, reference)
    scores = scores - (shares * scores).sum(axis=1, keepdims=True)
    variance = np.maximum((shares * scores**2).sum(axis=1), 1e-12)
    numbers = (shares * scores**4).sum(axis=1) / variance**2 - 1.0
    alike = (shares**2).sum(axis=1)
    categories = 4.0 * ((shares**3).sum(axis=1) - alike**2) / np.maximum(1.0 - alike, 1e-12) ** 2
    return np.asarray(np.maximum(np.where(layout.category, categories, numbers), 0.0))


def _scores(layout: TensorLayout, window: TensorWindow, reference: TensorWindow) -> Floats:
    """Normal scores of the bins, (features, bins); those of the outer ones are where the window's cells lie there."""
    known = np.maximum(reference.finite, 1)[:, None]
    ranks = (reference.bins.cumsum(axis=1) - reference.bins / 2) / known
    ranks = np.clip(ranks, 0.5 / known, 1 - 0.5 / known)
    scores: Floats = np.asarray(np.vectorize(NormalDist().inv_cdf, otypes=[float])(ranks))
    for place, tail, reach in _sides(layout, window):
        mean = tail.distance.totals() / np.maximum(window.bins[:, place], 1)
        scores[:, place] *= 1.0 + np.minimum(mean / reach, FARTHEST)
    return scores


def _outer_widths(layout: TensorLayout, window: TensorWindow) -> Floats:
    """From the first to the last cell of either outer bin, as a multiple of its side's reach, (features, 2)."""
    widths = [
        np.where(window.bins[:, place] > 0, (tail.highest - tail.lowest) / reach, 0.0)
        for place, tail, reach in _sides(layout, window)
    ]
    return np.asarray(np.minimum(np.stack(widths, axis=1), FARTHEST))


def _sides(layout: TensorLayout, window: TensorWindow) -> tuple[tuple[int, Tail, Floats], ...]:
    """The outer bins, their tails, and how far the reference reaches from its median to them, 1 where it does not."""
    moments = layout.moments
    below, above = moments.median - moments.minimum, moments.maximum - moments.median
    return (
        (0, window.below, np.where(below > 0, below, 1.0)),
        (-1, window.above, np.where(above > 0, above, 1.0)),
    )


def _variance(bins: NDArray[np.int64], scores: Floats) -> Floats:
    cells = np.maximum(bins.sum(axis=1), 1)
    mean = (bins * scores).sum(axis=1) / cells
    return np.asarray((bins * (scores - mean[:, None]) ** 2).sum(axis=1) / cells)


def _diversity(bins: NDArray[np.int64]) -> Floats:
    shares = bins / np.maximum(bins.sum(axis=1, keepdims=True), 1)
    return np.asarray(1.0 - (shares**2).sum(axis=1))


def _between_quartiles(bins: NDArray[np.int64], scores: Floats) -> Floats:
    up_to, each = bins.cumsum(axis=1), np.arange(len(bins))
    low, high = (scores[each, (up_to >= share * up_to[:, -1:]).argmax(axis=1)] for share in QUARTERS)
    return np.asarray(high - low)
