"""How sure a fault is: a number between 0 and 1 that falls with a bad fit, a near rival, and few cells."""

import numpy as np

from nantrace.drift.faults.line_fit import FITS
from nantrace.drift.faults.lines import Feature
from nantrace.drift.faults.repeated_values import RepeatedValue

CHANCE = 0.9  # standard errors: what is left of a distance when nothing is left but chance
MANY = 100  # cells


def of_line(left: float, rival: float, cells: int) -> float:
    """Of a fault of whole features with so many cells: `left` and `rival` are the distances that it and the next best
    explanation leave."""
    fit = FITS / max(left, FITS)
    separation = 1 - CHANCE / max(rival - left + CHANCE, CHANCE)
    return round(float(fit * separation) * _enough(cells), 2)


def of_repeated_value(feature: Feature, found: RepeatedValue) -> float:
    """Of an exact value: the more cells hold it, the less is it a coincidence."""
    often = 1 - float(np.exp(-found.cells / 3))
    fit = CHANCE / max(found.fit, CHANCE)
    if found.kind == "sentinel":
        return round(often, 2)
    return round(often * float(np.sqrt(fit)) * _enough(feature.seen.cells), 2)


def _enough(cells: int) -> float:
    return 1 - float(np.exp(-cells / MANY))
