"""Scaling that was left out or done twice. It hits many features at once, and all tell more than each alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitoring.drift.faults.explanations import Explanation
from monitoring.drift.faults.grain import is_round
from monitoring.drift.faults.line import SAME
from monitoring.drift.faults.lines import Feature, Moved

KINDS = ("unscaled", "scaled_twice")
MOST = 0.5  # of the features that vary must have moved before all are said to have moved together
TYPICAL = 0.7  # of the features of a scaled reference show it


@dataclass(frozen=True)
class Scaling:
    """One kind of scaling fault, and for each feature that it hit the explanation and the distance it leaves."""

    kind: str
    hit: Sequence[tuple[Moved, Explanation, float]]


def scalings(features: Sequence[Feature], found: Sequence[Moved]) -> list[Scaling]:
    """By the registered scaler, by the reference's own scale, or by what most features have in common."""
    known = [scaling for kind in KINDS if (scaling := _of_kind(kind, found)) is not None]
    taken = {one.feature.number for scaling in known for one, _, _ in scaling.hit}
    rest = [one for one in found if one.feature.number not in taken]
    unknown = None if any(one.scaler != SAME for one in features) else _of_nobody_knows(features, rest)
    return [*known, *([unknown] if unknown is not None else [])]


def _of_kind(kind: str, found: Sequence[Moved]) -> Scaling | None:
    """Features that the kind explains best; where there are several, also those that it explains nearly best."""
    hit = []
    for one in found:
        fitting = one.fitting()
        if fitting and fitting[0][0].kind == kind:
            hit.append((one, *fitting[0]))
    if not hit:
        return None
    several = len(hit) > 1 and len(hit) >= 0.3 * len(found)
    others = [one for one in found if all(one is not other for other, _, _ in hit)] if several else []
    for one in others:
        pair = next(((made, left) for made, left in one.explanations if made.kind == kind), None)
        if pair is not None and (one.fits(pair[1]) or pair[1] < 0.3 * one.before):
            hit.append((one, *pair))
    return Scaling(kind, sorted(hit, key=lambda each: each[0].feature.number))


def _of_nobody_knows(features: Sequence[Feature], found: Sequence[Moved]) -> Scaling | None:
    """A scaled reference without a registered scaler: most features lie on lines of their own."""
    varying = [one for one in features if one.known.varies and one.seen.cells]
    if not looks_scaled(varying):
        return None
    hit = []
    for one in found:
        pair = one.of_kind("shift")
        if pair is not None:
            hit.append((one, *pair))
    if len(hit) < 2 or len(hit) < MOST * len(varying):
        return None
    votes = sum(scaling_vote(one, made) for one, made, _ in hit)
    return Scaling("unscaled" if votes >= 0 else "scaled_twice", hit)


def looks_scaled(features: Sequence[Feature]) -> bool:
    """Whether the reference is standardised, or min-maxed."""
    if not features:
        return False
    mean, std, low, high = np.array([(k.mean, k.std, k.low, k.high) for k in (one.known for one in features)]).T
    standard = (np.abs(mean) < 0.3) & (np.abs(std - 1) < 0.3)
    minmax = (np.abs(low) < 0.05) & (np.abs(high - 1) < 0.1)
    return bool(max(standard.mean(), minmax.mean()) >= TYPICAL)


def scaling_vote(one: Moved, made: Explanation) -> int:
    """+1 for raw values, which have few digits and are mostly positive; -1 for values scaled twice, which are not."""
    if is_round(one.feature.seen.ordered):
        return 1
    offset, factor = made.line.offset, made.line.factor
    if abs(offset) > 0.3 * factor:
        return 1 if offset > 0 else -1
    return 1 if factor > 1 else -1
