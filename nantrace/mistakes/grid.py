"""What the grid shows on which numbers are written: a unit takes it along, and what moves by itself stays on it.

Whole miles as kilometres lie on multiples of 1.609344, where no law of their own puts them; whole numbers of another
season are whole. The density knows nothing of either.
"""

from collections.abc import Sequence
from math import log

import numpy as np

from nantrace.mistakes.decimals import FLOAT32_LOSS, OFF_GRID, ON_GRID, decimals, on_grid
from nantrace.mistakes.known_feature import Floats
from nantrace.mistakes.likelihood import Feature
from nantrace.mistakes.line import Line


def log_grid_ratios(feature: Feature, lines: Sequence[Line]) -> Floats:
    """Logarithm of how much likelier each line's grid makes the places of the cells than one of their own, (lines,).

    0 where the reference is on no grid, and of a category, whose values say more.
    """
    seen, raw, places = feature.seen, feature.scaler.inverse, _places(feature)
    if places is None or not seen.cells:
        return np.zeros(len(lines))
    natural = decimals(seen.on(raw).ordered, abs(raw.offset))
    base = 0.0 if natural is None else _log_steps(feature, raw, natural)
    backs = [line.inverse.then(raw) for line in lines]
    return feature.independent * np.array([_on_grid_of(feature, back, places) - base for back in backs])


def is_off_grid(feature: Feature) -> bool:
    """Whether the cells have more decimals than the reference, which chance and other customers do not give them."""
    places, raw = _places(feature), feature.scaler.inverse
    return places is not None and on_grid(feature.seen.on(raw).ordered, places, abs(raw.offset)) < OFF_GRID


def _places(feature: Feature) -> int | None:
    """Decimals of the reference's raw values; None of a category, and of what is on no grid."""
    raw = feature.known.on(feature.scaler.inverse)
    return decimals(raw.points[~raw.up], abs(feature.scaler.inverse.offset)) if raw.values is None else None


def _on_grid_of(feature: Feature, back: Line, places: int) -> float:
    """`back` takes what was sent to raw values; 0 where these lie on no multiples."""
    raw = feature.seen.on(back).ordered
    return _log_steps(feature, back, places) if on_grid(raw, places, abs(back.offset)) >= ON_GRID else 0.0


def _log_steps(feature: Feature, back: Line, places: int) -> float:
    """Logarithm of a grid's step over how far a cell may be from it: how much denser cells are than without a grid."""
    most = np.abs(feature.seen.on(back).ordered[[0, -1]]).max() + abs(back.offset)
    return max(-log(10.0**places * max(FLOAT32_LOSS * float(most), 1e-300)), 0.0)
