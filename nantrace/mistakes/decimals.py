"""How finely numbers are written: on a grid of whole numbers, of tenths, of hundredths, or on none."""

from dataclasses import dataclass

import numpy as np

from nantrace.mistakes.known_feature import ROUNDING, Floats, KnownFeature, Observed
from nantrace.mistakes.line import SAME, Line

FINEST = 4  # decimals that are looked for
LEAST = 20  # cells that do not hold the middle value
GLANCE = 50  # cells show where there is no grid
ON_GRID = 0.995  # of the rows; of the reference's edges a grid of its own has
OFF_GRID = 0.7  # or less
FITS = 2.0
FLOAT32_LOSS = 3e-7  # relative: of a few roundings
WITHIN = 0.3  # of the cells that are not all of one value


@dataclass(frozen=True)
class Rounded:
    """`decimals` of the rows; `coarse`: the share of the reference's values with no more."""

    decimals: int
    coarse: float


def decimals(values: Floats, away: float = 0.0) -> int | None:
    """The fewest decimals that nearly all values have, None where that is more than FINEST.

    `away`: values were computed from numbers this much larger, whose float32 rounding they inherit.
    """
    glance = values[:: max(len(values) // GLANCE, 1)]
    for places in range(FINEST + 1):
        if len(values) and on_grid(glance, places, away) >= OFF_GRID and on_grid(values, places, away) >= ON_GRID:
            return places
    return None


def on_grid(values: Floats, places: int, away: float = 0.0) -> float:
    """The share of values with no more decimals."""
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is on no grid
        scaled = values * 10.0**places
        error = np.abs(scaled - np.round(scaled))
    slack = FLOAT32_LOSS * (np.abs(scaled) + away * 10.0**places)
    return float(((error <= slack) & (slack < 0.02)).mean())


def is_round(values: Floats) -> bool:
    """Whether the values are those of an instrument or a form: few decimals."""
    places = decimals(values)
    return places is not None and places <= 2


def rounded(known: KnownFeature, seen: Observed, raw: Line) -> Rounded | None:
    """Fewer decimals than the values of the reference that its bins' edges are. `raw` undoes the registered scaler."""
    if not seen.cells or known.values is not None:
        return None
    on_no_grid = raw == SAME and decimals(known.points[~known.up]) is None
    for line in (SAME, _lattice(seen) if on_no_grid else raw):
        there, here = known.on(line), seen.on(line)
        away = abs(line.offset)
        places = decimals(here.ordered, away)
        if places is None or seen.off_middle < LEAST:
            continue
        coarse = on_grid(there.points[~there.up], places, away)
        gap = _gap(there, here, 10.0**-places)
        fit = gap / known.noise(seen.cells)
        if coarse < OFF_GRID and fit < FITS and gap < WITHIN * known.loose:
            return Rounded(places, coarse)
    return None


def _lattice(seen: Observed) -> Line:
    """The line that takes the two values nearest to each other, and so all of a lattice, to whole numbers.

    What was rounded before a scaling that nobody registered lies on one.
    """
    values = np.unique(seen.ordered)
    apart = np.diff(values)
    apart = apart[apart > ROUNDING * (values[-1] - values[0])]
    if len(apart) < 2:
        return SAME
    steps = np.round((values[-1] - values[0]) / apart.min())
    step = (values[-1] - values[0]) / steps
    return Line(float(1 / step), float(-values[0] / step))


def _gap(known: KnownFeature, seen: Observed, step: float) -> float:
    """Kolmogorov's distance to the reference rounded likewise: to the nearest, down, or up."""
    ends = [np.floor(known.low / step) - 1, np.ceil(known.high / step) + 2]
    marks = np.unique(np.concatenate([np.round(known.points / step), ends])) * step
    seen_below = np.searchsorted(seen.ordered, marks - step / 4) / max(seen.cells, 1)
    ways = (marks - step / 2, marks, marks - step)
    gaps = [np.abs(seen_below - np.interp(way, known.points, known.below)).max() for way in ways]
    return float(min(gaps))
