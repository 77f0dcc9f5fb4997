"""Does the distribution of some rows fall onto the reference once a transform is undone?

All transforms here are straight lines, sent = factor * right + offset, so that undoing one moves the reference's points
and not the rows. The distance is Kolmogorov's, the largest difference of the two cumulative shares.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.faults.known_feature import ROUNDING, Floats, KnownFeature, Observed, smallest_gap
from nantrace.drift.faults.line import SAME, Line

BETWEEN = 0.002
"""Of the smallest gap between the values of a category: what is further from each of them is none of them."""


PARTS = 20
NARROWEST = 1e-3  # of the reference's size
FITS = 1.7  # standard errors; Kolmogorov's distribution exceeds this once in 160
NEAR = 0.25  # where standard errors are large, since rows of one hour resemble each other


def tolerance(noise: float) -> float:
    """The distance in standard errors up to which rows fall onto the reference; `noise` is one such error."""
    return min(FITS, NEAR / max(noise, 1e-12))


def distances(known: KnownFeature, seen: Observed, lines: Sequence[Line]) -> Floats:
    """Kolmogorov's distance of the rows from the reference with each line undone, shape (lines,)."""
    if not seen.cells or not len(known.points) or not lines:
        return np.ones(len(lines))
    factor = np.array([[line.factor] for line in lines])
    offset = np.array([[line.offset] for line in lines])
    with np.errstate(over="ignore", invalid="ignore"):
        points = np.nan_to_num(known.points * factor + offset)
        slack = ROUNDING * np.maximum(np.abs(points), np.abs(factor) * known.scale * 1e-3)
        up = known.up ^ (factor < 0)
        edges = np.where(up, points + slack, points - slack)
    rising = np.searchsorted(seen.ordered, edges) / seen.cells
    below = np.where(factor < 0, 1 - rising, rising)
    gaps: Floats = np.abs(below - known.below).max(axis=1)
    return gaps if known.values is None else np.maximum(gaps, _unknown_share(known.values, seen, factor, offset))


def _unknown_share(values: Floats, seen: Observed, factor: Floats, offset: Floats) -> Floats:
    """The share of cells that are between the values of a category once each line is undone, shape (lines,).

    All, where different values of the rows fall onto the same one: a large divisor takes everything to 0.
    """
    found, counts = np.unique(seen.ordered, return_counts=True)
    with np.errstate(over="ignore", invalid="ignore"):
        undone = np.nan_to_num((found - offset) / factor)
    nearest = np.searchsorted((values[1:] + values[:-1]) / 2, undone)
    apart = 1 + (np.diff(np.sort(nearest, axis=1), axis=1) > 0).sum(axis=1)
    with np.errstate(over="ignore"):
        spelled = np.nan_to_num(ROUNDING * (np.abs(found) + np.abs(offset)) / np.abs(factor))
    unknown = (np.abs(undone - values[nearest]) > BETWEEN * smallest_gap(values) + spelled) * counts
    collapsed = (2 * apart < len(found)) & (factor[:, 0] != 1)
    return np.where(collapsed, 1.0, unknown.sum(axis=1) / seen.cells)


def distance(known: KnownFeature, seen: Observed, line: Line = SAME) -> float:
    return float(distances(known, seen, [line])[0])


def log_densities(known: KnownFeature, seen: Observed, lines: Sequence[Line]) -> Floats:
    """Mean logarithm of the density of the cells, were they the reference taken along each line, shape (lines,).

    The density is that between PARTS quantiles of the reference; -inf where a cell comes to lie outside its range.
    """
    ends = np.interp(np.linspace(0, 1, PARTS + 1), known.below, known.points)
    ends[[0, -1]] = known.low, known.high
    widths = np.maximum(np.diff(ends), NARROWEST * known.scale)
    found = []
    for line in lines:
        undone, slack = (seen.ordered - line.offset) / line.factor, ROUNDING * known.scale
        inside = (undone.min() >= known.low - slack) and (undone.max() <= known.high + slack)
        part = (ends.searchsorted(undone, side="right") - 1).clip(0, PARTS - 1)
        density = float(-np.log(PARTS * widths[part]).mean() - np.log(abs(line.factor)))
        found.append(density if inside else -np.inf)
    return np.array(found)


def measured_lines(known: KnownFeature, seen: Observed) -> list[Line]:
    """Rising lines that may take the reference to the rows: through quantiles, and of a category through its values."""
    if len(known.points) < 3 or seen.cells < 3:
        return []
    rough = _through_quantiles(known, seen)
    if known.values is None:
        return rough
    values, counts = np.unique(seen.ordered, return_counts=True)
    if len(values) == len(known.values):
        rough.append(_regression(known.values, values, np.ones(len(values))) or SAME)
    exact = [_onto_values(known.values, values, counts, line) for line in rough]
    return [line for line in exact if line is not None]


def _through_quantiles(known: KnownFeature, seen: Observed) -> list[Line]:
    shares = (known.below[1:] + known.below[:-1]) / 2
    kept = (np.diff(known.below) > 0) & (shares > 0.02) & (shares < 0.98)
    if kept.sum() < 2:
        return []
    right, weights = _centres(known)[kept], np.diff(known.below)[kept]
    sent = seen.quantiles(shares[kept])
    found = [_regression(right, sent, weights)]
    ends = known.low, known.high, float(seen.ordered[0]), float(seen.ordered[-1])
    if ends[1] > ends[0]:
        factor = (ends[3] - ends[2]) / (ends[1] - ends[0])
        found.append(Line(factor, ends[2] - factor * ends[0]))
    for share in (0.05, 0.1, 0.25):
        low, middle, high = np.interp([share, 0.5, 1 - share], shares[kept], right)
        bottom, centre, top = np.interp([share, 0.5, 1 - share], shares[kept], sent)
        if high > low and top > bottom:
            factor = (top - bottom) / (high - low)
            found.append(Line(float(factor), float(centre - factor * middle)))
    return [line for line in found if line is not None and line.factor > 0]


def _onto_values(right: Floats, sent: Floats, counts: NDArray[np.intp], line: Line) -> Line | None:
    """The line through the values themselves, each matched with the one that a rough line brings it near to."""
    for _ in range(2):
        gaps = np.abs((sent - line.offset) / line.factor - right[:, None])
        nearest, near = gaps.argmin(axis=0), gaps.min(axis=0) <= smallest_gap(right) / 2
        better = _regression(right[nearest][near], sent[near], counts[near].astype(float))
        if better is None:
            return None
        line = better
    return line


def measured_factor(known: KnownFeature, seen: Observed) -> float | None:
    """How many times larger the rows are: the middle of the ratios at equal shares, of the larger half of values."""
    if len(known.points) < 2 or not seen.cells:
        return None
    shares = (known.below[1:] + known.below[:-1]) / 2
    right, sent = _centres(known), seen.quantiles(shares)
    size = np.abs(right)
    kept = (size >= np.median(size)) & (size > 0) & (np.diff(known.below) > 0)
    if not kept.any():
        return None
    with np.errstate(over="ignore"):
        return float(np.median(sent[kept] / right[kept]))


def _centres(known: KnownFeature) -> Floats:
    """The middle of each bin; an atom is where it is."""
    left, right = known.points[:-1], known.points[1:]
    return np.where(known.atoms, left, left / 2 + right / 2) if known.values is None else known.values


def _regression(right: Floats, sent: Floats, weights: NDArray[np.float64]) -> Line | None:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore", under="ignore"):
        weights = weights / weights.sum()
        middle, level = (weights * right).sum(), (weights * sent).sum()
        spread = (weights * (right - middle) ** 2).sum()
        factor = (weights * (right - middle) * (sent - level)).sum() / spread
        offset = level - factor * middle
    return Line(float(factor), float(offset)) if factor > 0 and np.isfinite([factor, offset]).all() else None
