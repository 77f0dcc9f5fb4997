"""Features that left the reference by more than chance does."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nantrace.drift.alarms.integrity import LEAST_ROWS, WHOLLY
from nantrace.mistakes.grid import is_off_grid
from nantrace.mistakes.known_feature import ROUNDING, Observed
from nantrace.mistakes.likelihood import Feature

LEAST_CELLS = 30
MOSTLY_ONE = 0.7
STAYS = 0.2  # of the cells that hold the value in the reference: what moves it leaves none there but by chance
SMALLEST = 0.06  # a smaller distance is nothing to name
FALSE_ALARMS = 0.002  # that chance moves any of the features (Dvoretzky, Kiefer and Wolfowitz 1956; Massart 1990)


def moved(features: Sequence[Feature]) -> list[Feature]:
    """Those that moved, the furthest first, without a value that many cells have on both sides."""
    limit = float(np.sqrt(np.log(2 * max(len(features), 1) / FALSE_ALARMS) / 2))
    varying = [one for one in features if one.seen.off_middle and one.known.varies]
    loose = [loosened(one) for one in varying]
    gaps = [one.known.distance(one.seen) for one in loose]
    far = [
        (gap, one) for gap, one in zip(gaps, loose, strict=True) if _is_beyond_chance(one) or _is_far(one, gap, limit)
    ]
    return [one for _, one in sorted(far, key=lambda pair: -pair[0])]


def _is_beyond_chance(feature: Feature) -> bool:
    """Whether the rows lie outside all that the reference holds, or between its numbers, however much these vary."""
    seen = feature.seen
    outside = seen.cells - feature.known.holds(seen) >= WHOLLY * seen.cells
    return min(seen.cells, feature.known.cells) >= LEAST_ROWS and (outside or is_off_grid(feature))


def _is_far(feature: Feature, gap: float, limit: float) -> bool:
    enough = min(feature.seen.cells, feature.known.cells) >= LEAST_CELLS
    return enough and gap > SMALLEST and gap > limit * feature.known.noise(feature.seen.cells)


def loosened(feature: Feature) -> Feature:
    """The feature without a value that many cells have on both sides: a zero stays where it is in any unit.

    Where it comes more or less often than in the reference, a line through it explains nothing of that.
    """
    known, seen = feature.known, feature.seen
    if known.loose > MOSTLY_ONE:
        return feature
    value = known.heaviest
    near = np.abs(seen.ordered - value) <= ROUNDING * known.scale
    if near.mean() < STAYS * (1 - known.loose):
        return feature
    return replace(feature, known=known.without_heaviest(), seen=Observed(seen.ordered[~near]))
