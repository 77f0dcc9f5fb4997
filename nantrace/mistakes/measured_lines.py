"""Lines that are measured on the rows themselves."""

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from nantrace.mistakes.known_feature import Floats, KnownFeature, Observed, smallest_gap
from nantrace.mistakes.likelihood import Feature, log_likelihoods
from nantrace.mistakes.line import SAME, Line

ROUNDS = 8  # of a search in steps that halve: to a hundredth of a standard error
FREQUENT = 8  # values, any two of which may be the two most frequent ones of the reference


def measured_lines(known: KnownFeature, seen: Observed) -> list[Line]:
    """Rising lines that may take the reference to the rows: through quantiles, and of a category through its values."""
    if len(known.points) < 3 or seen.cells < 3:
        return []
    rough, (singles, shares) = _through_quantiles(known, seen), known.singles
    if len(singles) < 2:
        return rough
    values, counts = np.unique(seen.ordered, return_counts=True)
    if len(values) == len(singles):
        rough.append(_regression(singles, values, np.ones(len(values))) or SAME)
    exact = [_onto_values(singles, values, counts, line) for line in rough]
    found = [line for line in exact if line is not None] if known.values is not None else rough
    return found + _through_frequent(singles, shares, values, counts)


def _through_frequent(right: Floats, shares: Floats, sent: Floats, counts: NDArray[np.intp]) -> list[Line]:
    """Through the two most frequent values of the reference, and any two of the most frequent ones of the rows."""
    low, high = np.sort(right[np.argsort(-shares, kind="stable")[:2]]).tolist()
    often = np.sort(sent[np.argsort(-counts, kind="stable")[:FREQUENT]]).tolist()
    pairs = [(bottom, top) for i, bottom in enumerate(often) for top in often[i + 1 :]]
    factors = [((top - bottom) / (high - low), bottom) for bottom, top in pairs]
    return [Line(factor, bottom - factor * low) for factor, bottom in factors if 0 < factor < np.inf]


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


def refined(feature: Feature, starts: Sequence[Line], *, slope: bool = True, offset: bool = True) -> tuple[Line, float]:
    """The likeliest line near any of the starts, of which there is at least one, and its logarithmic likelihood.

    Its factor is searched with `slope`, what it adds with `offset`, in steps that begin at twice a standard error.
    """
    found = log_likelihoods(feature, starts)
    line, best = starts[int(found.argmax())], float(found.max())
    step, middle = 2 / sqrt(feature.independent), float(np.median(feature.seen.ordered)) if offset else 0.0
    for _ in range(ROUNDS):
        stretches = (1 - step, 1.0, 1 + step) if slope and step < 1 else (1.0,)
        shifts = np.array([-step, 0.0, step]) * 300 * feature.seen.resolution if offset else np.zeros(1)
        near = [_about(line, middle, stretch, float(shift)) for stretch in stretches for shift in shifts]
        found = log_likelihoods(feature, near)
        better = int(found.argmax())
        if found[better] > best:
            line, best = near[better], float(found[better])
        else:
            step /= 2
    return line, best


def _about(line: Line, middle: float, stretch: float, shift: float) -> Line:
    """The line steeper, about what it takes to `middle`, and higher."""
    return Line(line.factor * stretch, (line.offset - middle) * stretch + middle + shift)
