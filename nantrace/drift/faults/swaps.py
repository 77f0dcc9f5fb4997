"""Two features that were exchanged: each holds what the other should."""

from collections.abc import Sequence
from dataclasses import dataclass

from nantrace.drift.faults.line import SAME, Line
from nantrace.drift.faults.line_fit import distance, measured_lines, tolerance
from nantrace.drift.faults.lines import Feature, Moved

MOST = 150  # features that moved; among more, one pair is not what happened
MOST_MEASURED = 40  # each pair by lines measured on the rows


@dataclass(frozen=True)
class Swap:
    """`left`: the larger of the distances that remain once the two are exchanged again, in standard errors."""

    first: Moved
    second: Moved
    left: float


def swaps(found: Sequence[Moved], *, unregistered: bool) -> list[Swap]:
    """Pairs that fit each other's reference, the best partners first; no feature is in two.

    `unregistered`: the reference was scaled somehow, so that features exchanged before scaling are on two lines.
    """
    if not 2 <= len(found) <= MOST:
        return []
    measured = unregistered and len(found) <= MOST_MEASURED
    made = [swap for i, one in enumerate(found) for other in found[i + 1 :] for swap in _swap(one, other, measured)]
    taken: set[int] = set()
    kept = []
    for swap in sorted(made, key=lambda one: one.left):
        numbers = {swap.first.feature.number, swap.second.feature.number}
        if not numbers & taken:
            taken |= numbers
            kept.append(swap)
    return kept


def _swap(one: Moved, other: Moved, unregistered: bool) -> list[Swap]:
    """The exchange of two features behind the registered scaler, before it, or before a scaling that nobody knows."""
    first, second = one.feature, other.feature
    lines = [(SAME, SAME)]
    if SAME not in (first.scaler, second.scaler):
        across = second.scaler.inverse.then(first.scaler)
        lines.append((across, across.inverse))
    if unregistered:
        lines += [(line, line.inverse) for line in measured_lines(second.known, first.seen)]
        lines += [(line.inverse, line) for line in measured_lines(first.known, second.seen)]
    left = [max(_left(first, second, there), _left(second, first, back)) for there, back in lines]
    return [Swap(one, other, min(left))] if min(left) < tolerance(max(first.noise, second.noise)) else []


def _left(holder: Feature, owner: Feature, line: Line) -> float:
    """How far what `holder` shows is from what `owner` should show, taken along `line`, in standard errors."""
    return distance(owner.known, holder.seen, line) / owner.known.noise(holder.seen.cells)
