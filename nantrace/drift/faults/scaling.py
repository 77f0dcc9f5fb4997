"""Scaling that was left out or done twice. It hits many features at once: together they show more than each alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nantrace.drift.faults.explanations import LineExplanation, is_scaled, of_any_line
from nantrace.drift.faults.lines import Feature, Moved, moved_by
from nantrace.drift.faults.unknown_scale import scaling_vote

KINDS = ("unscaled", "scaled_twice")
MOST = 0.5  # of the features that vary must have moved before all are said to have moved together
SAME_FACTOR = 0.1  # logarithm
RESCALED = 0.2  # logarithm of a factor; less is a shift
TYPICAL = 0.7  # of the features of a scaled reference show it


@dataclass(frozen=True)
class Scaling:
    """One kind of scaling fault, and for each feature that it hit the explanation and the distance it leaves."""

    kind: str
    hit: Sequence[tuple[Moved, LineExplanation, float]]

    @property
    def features(self) -> list[Feature]:
        return [one.feature for one, _, _ in self.hit]


def known_scalings(features: Sequence[Feature], found: Sequence[Moved]) -> list[Scaling]:
    """By the registered scaler, or by the reference's own scale."""
    varying = sum(one.known.varies for one in features)
    return [scaling for kind in KINDS if (scaling := _of_kind(kind, found, varying)) is not None]


def _of_kind(kind: str, found: Sequence[Moved], varying: int) -> Scaling | None:
    """Features that the kind explains best."""
    hit = []
    for one in found:
        fitting = one.fitting()
        if fitting and fitting[0][0].kind == kind:
            hit.append((one, *fitting[0]))
    hit = [(one, made, left) for one, made, left in hit if not made.whole or _is_whole(made, hit, varying)]
    return Scaling(kind, hit) if hit else None


def _is_whole(made: LineExplanation, hit: Sequence[tuple[Moved, LineExplanation, float]], varying: int) -> bool:
    return sum(other.mistake == made.mistake for _, other, _ in hit) >= MOST * varying


def spread(scaling: Scaling, features: Sequence[Feature]) -> Scaling:
    """The same scaling with features that hardly moved, or that it explains less well, if it brings them any nearer."""
    hit = {one.feature.number for one, _, _ in scaling.hit}
    more = [moved_by(one) for one in features if one.number not in hit and one.known.varies and one.seen.cells]
    nearer = []
    for one in more:
        pair = next(((made, left) for made, left in one.explanations if made.kind == scaling.kind), None)
        if pair is not None and pair[1] < 0.7 * one.before:
            nearer.append((one, *pair))
    return Scaling(scaling.kind, sorted([*scaling.hit, *nearer], key=lambda each: each[0].feature.number))


def unknown_scaling(features: Sequence[Feature], found: Sequence[Moved]) -> Scaling | None:
    """A scaled reference without a registered scaler: most features lie on lines of their own."""
    varying = [one for one in features if one.known.varies and one.seen.cells]
    hit = []
    for each in found:
        one = each.explained_by(of_any_line(each.feature.known, each.feature.seen))
        pair = one.of_kind("shift")
        if pair is not None and abs(np.log(pair[0].line.factor)) > RESCALED:
            hit.append((one, *pair))
    if len(hit) < 2 or len(hit) < MOST * len(varying) or _is_one_factor([made for _, made, _ in hit]):
        return None
    votes = sum(scaling_vote(one.feature.known, one.feature.seen, made.line) for one, made, _ in hit)
    return Scaling("unscaled" if votes >= 0 else "scaled_twice", hit)


def _is_one_factor(made: Sequence[LineExplanation]) -> bool:
    """The same factor everywhere is another unit: a scaler has one for each feature."""
    return float(np.std([np.log(one.line.factor) for one in made])) < SAME_FACTOR


def looks_scaled(features: Sequence[Feature]) -> bool:
    """Whether the reference is standardised, or min-maxed."""
    scaled = [is_scaled(one.known) for one in features if one.known.varies]
    return bool(scaled) and sum(scaled) >= TYPICAL * len(scaled)
