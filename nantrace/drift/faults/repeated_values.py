"""Faults that show as an exact value: a sentinel, a default that fills gaps, a bound that clips, a constant."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nantrace.mistakes.conversions import AMBIGUOUS_SENTINELS, is_known_sentinel
from nantrace.mistakes.known_feature import ROUNDING, UNLIKE, KnownFeature, Observed, smallest_gap, tolerance
from nantrace.mistakes.line import Line

Floats = NDArray[np.float64]

LEAST = 3  # so often must an exact value come before it is more than a coincidence
SURE = 4.0  # standard errors by which a value must exceed the largest share that it may have in the reference
ALIKE = 0.12  # Kolmogorov's distance that the other cells may have next to a sentinel from the reference
FAR = 0.1  # of the reference's width: a value nearer to its end may be the next one of a tail
VERY_FAR = 1.0
APART = 0.005  # of the reference's standard deviation
OFTEN = 2  # times as often as values inside come: rows that stand there several times repeat all of their values
CONSTANT_CELLS = 20
CLIPPED_CELLS = 30
CLIPPED_BEYOND = 8  # cells that must be missing beyond a bound
LEAST_FILLED = 5
OTHERS = 0.4  # of the most frequent value's cells: a second such value, and it is rounding
STRIKING = 0.05  # share of a value that is nothing special
FLOAT32_ERROR = 5e-7  # relative: of a few roundings
LEAST_REST = 20  # cells next to a fill that must be as in the reference


@dataclass(frozen=True)
class RepeatedValue:
    """One value of one feature. `fit`: distance of the other cells from the reference in standard errors.

    `meaning`: what a fill is to the reference, "" where it is nothing special; on which side of a bound nothing comes.
    `unprecedented`: so many cells of the reference hold no one value.
    """

    kind: str
    value: float
    cells: int
    share: float
    usual: float
    fit: float
    meaning: str = ""
    unprecedented: bool = False


def constant(known: KnownFeature, seen: Observed) -> RepeatedValue | None:
    """One value in all cells, of a feature that varies."""
    if seen.cells < CONSTANT_CELLS or seen.ordered[0] != seen.ordered[-1]:
        return None
    value = float(seen.ordered[0])
    usual = _share(known, value)
    unprecedented = seen.cells >= known.never_equal
    groups = seen.cells / (known.clustering if _is_atom(known, value) else min(known.clustering, known.repeats))
    if not unprecedented and groups * -np.log(max(usual, 1e-9)) < 10:
        return None  # nothing but this value would come by chance
    if _is_outside(known, value) and is_known_sentinel(value):
        return RepeatedValue("sentinel", value, seen.cells, 1.0, usual, 0.0)
    return RepeatedValue("constant", value, seen.cells, 1.0, usual, 0.0, unprecedented=unprecedented)


def sentinels(known: KnownFeature, seen: Observed, raw: Line) -> list[RepeatedValue]:
    """Exact values outside the reference that come again and again. `raw` undoes the registered scaler."""
    outside = int(seen.cells - known.holds(seen))
    if outside < 2:
        return []
    found = []
    values, counts = seen.repeated_values(2)
    beyond = [(v, c) for v, c in zip(values.tolist(), counts.tolist(), strict=True) if _is_outside(known, v)]
    for value, cells in beyond[:8]:
        usual_code = is_code(value, raw)
        if cells < LEAST and not usual_code:
            continue
        if not usual_code and (2 * cells < outside or not _is_striking(known, seen, value, cells, raw)):
            continue
        if known.values is not None and not usual_code and _is_next_code(known, value):
            continue
        found.append(RepeatedValue("sentinel", value, cells, cells / seen.cells, 0.0, 0.0))
    explained = sum(repeated.cells for repeated in found)
    if 2 * explained < outside:
        return []
    others = seen.without([one.value for one in found])
    alike = 2 * (outside - explained) < others.cells and known.distance(others) < _alike(known, others)
    return [one for one in found if alike or (is_code(one.value, raw) and _is_far(known, one.value, 10.0))]


def _alike(known: KnownFeature, others: Observed) -> float:
    noise = known.noise(others.cells)
    return max(ALIKE, tolerance(noise) * noise)


def is_code(value: float, raw: Line) -> bool:
    """Whether a value, or what it was before the registered scaler, is a well-known fill value."""
    return is_known_sentinel(value) or is_known_sentinel(_before(value, raw))


def fill(known: KnownFeature, seen: Observed, raw: Line) -> RepeatedValue | None:
    """A value inside the reference's range that comes far more often than there; the other cells fit the reference."""
    least = max(LEAST_FILLED, int(np.ceil(0.01 * seen.cells)))
    values, counts = seen.repeated_values(least)
    coarse = len(counts) > 1 and counts[1] > OTHERS * counts[0] and not known.is_discrete
    for value, cells in [] if coarse else list(zip(values.tolist(), counts.tolist(), strict=True))[:5]:
        if _is_outside(known, value):
            continue
        left, right = known.around(value)
        possible, own = _is_possible(known, value), cells / seen.cells
        usual = known.mass(left, right) if possible else 0.0
        excess = _excess(known, seen, left, right) if possible else own
        if excess + usual < _most(known, usual, seen.cells) or own < 0.7 * excess:
            continue
        gone = (cells - usual * seen.cells) / (1 - usual) if known.atoms[left] and possible else cells
        rest = _thinned(seen, value, round(max(gone, 0)))
        if rest.cells < LEAST_REST:
            continue
        gap = known.distance(rest) / known.noise(rest.cells)
        meaning = _which(known, value, raw)
        striking = own > STRIKING and not _is_discrete(known, seen)
        if gap < tolerance(known.noise(rest.cells)) and (meaning or striking):
            return RepeatedValue("default_fill", value, cells, own, min(usual, own), gap, meaning)
    return None


def _most(known: KnownFeature, usual: float, cells: int) -> float:
    """The largest share that a bin may have by chance, if the reference has `usual` there."""
    times = usual * known.cells
    surely = (times + 3 * np.sqrt(times + 1) + 1) / max(known.cells, 1)
    return float(surely + SURE * np.sqrt(known.clustering * surely / cells))


def clipped(known: KnownFeature, seen: Observed) -> RepeatedValue | None:
    """Mass piles up at an end of the rows' range and nothing comes beyond, where the reference goes on."""
    if seen.cells < CLIPPED_CELLS or not len(known.points):
        return None
    return _clipped_at(known, seen, top=True) or _clipped_at(known, seen, top=False)


def _clipped_at(known: KnownFeature, seen: Observed, *, top: bool) -> RepeatedValue | None:
    bound = float(seen.ordered[-1 if top else 0])
    if not known.low < bound < known.high or _share_outside(known, seen) > 0.01 or not _is_possible(known, bound):
        return None
    left, right = known.around(bound)
    own = known.mass(left, right) if known.atoms[left] else 0.0
    beyond = 1 - float(known.below[right]) if top else float(known.below[left])
    unsure = known.mass(left, right) - own  # of the bound's own bin: some of it is beyond
    cells = int(np.diff(np.searchsorted(seen.ordered, [bound, np.nextafter(bound, np.inf)]))[0])
    share = cells / seen.cells
    expected = beyond * seen.cells / known.clustering
    if cells < LEAST_FILLED or expected < CLIPPED_BEYOND or share - own < 0.7 * beyond:
        return None
    if share > own + beyond + unsure + 4 * known.noise(seen.cells):
        return None
    kept = slice(0, left + 1) if top else slice(right, None)
    shares = np.searchsorted(seen.ordered, known.marks[kept]) / seen.cells
    noise = known.noise(seen.cells)
    fit = float(np.abs(shares - known.below[kept]).max(initial=0.0)) / noise
    side = "above" if top else "below"
    return RepeatedValue("clipped", bound, cells, share, own, fit, side) if fit < tolerance(noise) else None


def _is_possible(known: KnownFeature, value: float) -> bool:
    """Of a category only its values are."""
    return known.values is None or bool(np.abs(known.values - value).min() < UNLIKE * known.scale)


def _share_outside(known: KnownFeature, seen: Observed) -> float:
    return 1 - known.holds(seen) / seen.cells


def _share(known: KnownFeature, value: float) -> float:
    if _is_outside(known, value):
        return 0.0
    return known.mass(*known.around(value))


def _is_atom(known: KnownFeature, value: float) -> bool:
    return not _is_outside(known, value) and bool(known.atoms[known.around(value)[0]])


def _is_outside(known: KnownFeature, value: float) -> bool:
    slack = ROUNDING * known.scale
    return value < known.low - slack or value > known.high + slack


def _is_far(known: KnownFeature, value: float, widths: float = FAR) -> bool:
    room = widths * (known.high - known.low)
    return value < known.low - room or value > known.high + room


def _is_striking(known: KnownFeature, seen: Observed, value: float, cells: int, raw: Line) -> bool:
    """Whether a value outside is no next value of a tail, nor one of many that repeat."""
    if _is_far(known, value, VERY_FAR):
        return True
    inside = seen.ordered[(seen.ordered >= known.low) & (seen.ordered <= known.high)]
    usual = float(np.median(np.unique(inside, return_counts=True)[1])) if len(inside) else 0.0
    ambiguous = bool({value, _before(value, raw)} & set(AMBIGUOUS_SENTINELS)) and _is_apart(known, inside, value)
    return (_is_far(known, value) or ambiguous) and cells > OFTEN * usual


def _is_apart(known: KnownFeature, inside: Floats, value: float) -> bool:
    """Whether a value outside is neither what rounding makes of the end of the range nor where a sensor saturates."""
    nearest = float(np.abs(inside - value).min(initial=np.inf))
    return min(abs(value - known.low), abs(value - known.high)) > max(nearest / 2, APART * known.std)


def _is_next_code(known: KnownFeature, value: float) -> bool:
    """A new code of a category follows the known ones, where a sentinel is far from all of them."""
    values = known.values if known.values is not None else np.empty(0)
    room = max(len(values), 10) * smallest_gap(values)
    return known.low - room <= value <= known.high + room


def _before(value: float, raw: Line) -> float:
    """A value before the registered scaler, without the digits that float32 lost in its arithmetic."""
    before = raw.factor * value + raw.offset
    lost = FLOAT32_ERROR * max(abs(raw.factor * value), abs(raw.offset))
    return float(round(before, -int(np.ceil(np.log10(lost))))) if 0 < lost < np.inf else before


def _excess(known: KnownFeature, seen: Observed, left: int, right: int) -> float:
    inside = np.diff(np.searchsorted(seen.ordered, known.marks[[left, right]]))[0] / seen.cells
    return float(inside) - known.mass(left, right)


def _thinned(seen: Observed, value: float, gone: int) -> Observed:
    left = int(np.searchsorted(seen.ordered, value))
    return Observed(np.delete(seen.ordered, np.s_[left : left + gone]))


def _is_discrete(known: KnownFeature, seen: Observed) -> bool:
    return known.values is not None or len(np.unique(seen.ordered)) < 0.2 * seen.cells


def _which(known: KnownFeature, value: float, raw: Line) -> str:
    """What a value is to the reference, "" where it is nothing special."""
    near = 0.01 * known.std + ROUNDING * known.scale
    before = raw.factor * value + raw.offset
    if value == 0 or abs(before) < ROUNDING * max(abs(raw.offset), abs(raw.factor)):
        return "0"
    if abs(value - known.mean) < near:
        return "the mean"
    if abs(value - known.median) < near:
        return "the median"
    if abs(value - known.heaviest) < near:
        return "the most frequent value"
    return "the lowest value" if abs(value - known.low) < near else ""
