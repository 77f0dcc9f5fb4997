"""Features that were exchanged: two that hold each other's values, or more that hold each the values of the next."""

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


@dataclass(frozen=True)
class Rotation:
    """Three or more features of which each holds what the next should, the last what the first should.

    `left` as for a swap, of all of them.
    """

    holders: Sequence[Moved]
    left: float

    @property
    def owners(self) -> Sequence[Moved]:
        """In the order of the holders: whose values each of them holds."""
        return [*self.holders[1:], self.holders[0]]


def rotations(found: Sequence[Moved]) -> list[Rotation]:
    """Each feature points at the one whose reference its values fit best; features that point in a circle are one."""
    if not 3 <= len(found) <= MOST:
        return []
    owner_of = {number: best for number in range(len(found)) if (best := _best_owner(found, number)) is not None}
    made, seen = [], set[int]()
    for start in owner_of:
        path: list[int] = []
        at: int | None = start
        while at is not None and at not in seen:
            seen.add(at)
            path.append(at)
            at = owner_of[at][0] if at in owner_of else None
        circle = path[path.index(at) :] if at in path else []
        if len(circle) > 2:
            left = max(owner_of[number][1] for number in circle)
            made.append(Rotation([found[number] for number in circle], left))
    return made


def _best_owner(found: Sequence[Moved], number: int) -> tuple[int, float] | None:
    """The place of another feature whose reference the values of this one fit, and what is left of the distance."""
    holder = found[number].feature
    left = [
        (min(_left(holder, one.feature, line) for line in _lines_to(holder, one.feature)), place)
        for place, one in enumerate(found)
        if place != number
    ]
    distance_left, place = min(left)
    limit = tolerance(max(holder.noise, found[place].feature.noise))
    return (place, distance_left) if distance_left < limit else None


def _lines_to(holder: Feature, owner: Feature) -> list[Line]:
    """Exchanged behind the registered scaler, or before it."""
    if SAME in (holder.scaler, owner.scaler):
        return [SAME]
    return [SAME, owner.scaler.inverse.then(holder.scaler)]


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
