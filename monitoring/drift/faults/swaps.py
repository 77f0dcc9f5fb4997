"""Two features that were exchanged: each holds what the other should."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitoring.drift.faults.fitting import distance
from monitoring.drift.faults.line import SAME
from monitoring.drift.faults.lines import FITS, Feature, Moved

MOST = 150  # features that moved; among more, one pair is not what happened


@dataclass(frozen=True)
class Swap:
    """`left`: the larger of the distances that remain once the two are exchanged again, in standard errors."""

    first: Moved
    second: Moved
    left: float
    raw: bool


def swaps(found: Sequence[Moved]) -> list[Swap]:
    """Pairs that fit each other's reference, the best partners first; no feature is in two."""
    if not 2 <= len(found) <= MOST:
        return []
    made = [swap for raw in _spaces(found) for swap in _pairs(found, raw)]
    taken: set[int] = set()
    kept = []
    for swap in sorted(made, key=lambda one: one.left):
        numbers = {swap.first.feature.number, swap.second.feature.number}
        if not numbers & taken:
            taken |= numbers
            kept.append(swap)
    return kept


def _spaces(found: Sequence[Moved]) -> list[bool]:
    """Exchanged before the registered scaler (True), or behind it."""
    return [True, False] if any(one.feature.scaler != SAME for one in found) else [False]


def _pairs(found: Sequence[Moved], raw: bool) -> list[Swap]:
    left = np.array([[_left(one.feature, other.feature, raw) for other in found] for one in found])
    worse = np.maximum(left, left.T)
    pairs = np.argwhere(np.triu(worse < FITS, 1)).tolist()
    return [Swap(found[i], found[j], float(worse[i, j]), raw) for i, j in pairs]


def _left(holder: Feature, owner: Feature, raw: bool) -> float:
    """How far what `holder` shows is from what `owner` should show."""
    if holder.number == owner.number:
        return np.inf
    line = owner.scaler.inverse.then(holder.scaler) if raw else SAME
    return distance(owner.known, holder.seen, line) / owner.known.noise(holder.seen.cells)
