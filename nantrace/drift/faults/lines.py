"""Faults of whole features: for each feature that moved, the explanation that takes it back onto the reference."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nantrace.drift.alarms.integrity import LEAST_ROWS, WHOLLY
from nantrace.drift.faults.explanations import LineExplanation, of_own_scale, of_pixels, of_scaler, of_sign
from nantrace.drift.faults.known_feature import ROUNDING, KnownFeature, Observed
from nantrace.drift.faults.line import SAME, Line
from nantrace.drift.faults.line_fit import distance, distances, tolerance

LEAST_CELLS = 30
CLOSER = 0.15  # or this much nearer than before, where rows of one hour resemble each other
TELLING = 20  # cells that do not hold the middle value
MOSTLY_ONE = 0.7
STAYS = 0.2  # of the cells that hold the value in the reference: what moves it leaves none there but by chance
SMALLEST = 0.06  # a smaller distance is nothing to name


@dataclass(frozen=True)
class Feature:
    """One feature on both sides. `scaler` is the registered line from raw values to the model's."""

    number: int
    known: KnownFeature
    seen: Observed
    scaler: Line = SAME

    @property
    def noise(self) -> float:
        return self.known.noise(self.seen.cells)


@dataclass(frozen=True)
class Moved:
    """A feature that left the reference: how far in standard errors, and what explains it, the best first.

    Each explanation comes with the distance that is left once it is undone, in standard errors.
    """

    feature: Feature
    before: float
    explanations: Sequence[tuple[LineExplanation, float]]

    def fitting(self) -> list[tuple[LineExplanation, float]]:
        return [(one, left) for one, left in self.explanations if self.fits(left)]

    def fits(self, left: float) -> bool:
        return left < tolerance(self.feature.noise) or left < CLOSER * self.before

    def of_kind(self, kind: str) -> tuple[LineExplanation, float] | None:
        """The best explanation of a kind, if it fits."""
        return next((pair for pair in self.fitting() if pair[0].kind == kind), None)

    def rival_of(self, kind: str) -> float:
        """The distance that the next best explanation leaves, of another kind or none; a measured one always fits."""
        others = [left for one, left in self.explanations if one.kind != kind and not one.measured]
        return min([self.before, *others])

    def explained_by(self, more: Sequence[LineExplanation]) -> "Moved":
        """The same feature with further explanations; those measured on few different cells mean nothing."""
        usable = more if self.feature.seen.off_middle >= TELLING else [one for one in more if not one.measured]
        return replace(self, explanations=_ordered([*self.explanations, *_left(self.feature, usable)]))


def moved_by(feature: Feature) -> Moved:
    """How far a feature is from the reference, and what may explain it."""
    return Moved(feature, distance(feature.known, feature.seen) / feature.noise, _explained(feature))


def moved(features: Sequence[Feature]) -> list[Moved]:
    """Features whose rows left the reference by more than chance does among so many."""
    limit = float(np.sqrt(np.log(2 * max(len(features), 1) / 0.002) / 2))
    found = []
    for feature in features:
        if not feature.seen.off_middle or not feature.known.varies:
            continue
        one = loosened(feature)
        if is_outside(one) or _is_far(one, limit):
            found.append(moved_by(one))
    return found


def is_outside(feature: Feature) -> bool:
    """Whether the rows lie outside all that the reference holds, however much that varies."""
    seen = feature.seen
    return seen.cells >= LEAST_ROWS and seen.cells - feature.known.holds(seen) >= WHOLLY * seen.cells


def _is_far(feature: Feature, limit: float) -> bool:
    if min(feature.seen.cells, feature.known.cells) < LEAST_CELLS:
        return False
    gap = distance(feature.known, feature.seen)
    return gap > SMALLEST and gap > limit * feature.noise


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


def _explained(feature: Feature) -> list[tuple[LineExplanation, float]]:
    """By what needs no search: there are a hundred units, and a joint fault may make them needless."""
    own = [*of_own_scale(feature.known), *of_pixels()] if feature.scaler == SAME else []
    return _ordered(_left(feature, [*of_scaler(feature.scaler), *own, *of_sign(feature.scaler)]))


def _left(feature: Feature, made: Sequence[LineExplanation]) -> list[tuple[LineExplanation, float]]:
    gaps = distances(feature.known, feature.seen, [one.line for one in made])
    return list(zip(made, (gaps / feature.noise).tolist(), strict=True))


def _ordered(pairs: Sequence[tuple[LineExplanation, float]]) -> list[tuple[LineExplanation, float]]:
    return sorted(pairs, key=lambda pair: pair[1] + pair[0].cost)
