"""Faults of whole features: for each feature that moved, the explanation that takes it back onto the reference."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from monitoring.drift.faults.explanations import (
    Explanation,
    of_any_line,
    of_own_scale,
    of_scaler,
    of_sign,
    of_units,
)
from monitoring.drift.faults.fitting import distance, distances
from monitoring.drift.faults.known_feature import KnownFeature, Observed
from monitoring.drift.faults.line import SAME, Line

LEAST_CELLS = 30
FITS = 1.7  # standard errors; Kolmogorov's distribution exceeds this once in 160
CLOSER = 0.15  # or this much nearer than before, where rows of one hour resemble each other
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
    explanations: Sequence[tuple[Explanation, float]]

    def fitting(self) -> list[tuple[Explanation, float]]:
        return [(one, left) for one, left in self.explanations if self.fits(left)]

    def fits(self, left: float) -> bool:
        return left < FITS or left < CLOSER * self.before

    def of_kind(self, kind: str) -> tuple[Explanation, float] | None:
        """The best explanation of a kind, if it fits."""
        return next((pair for pair in self.fitting() if pair[0].kind == kind), None)

    def besides(self, kind: str) -> float:
        """The distance that the next best explanation leaves, of another kind or none at all."""
        others = [left for one, left in self.explanations if one.kind not in (kind, "shift")]
        return min([self.before, *others])

    def explained_by(self, more: Sequence[Explanation]) -> "Moved":
        """The same feature with further explanations."""
        return replace(self, explanations=_ordered([*self.explanations, *_left(self.feature, more)]))


def moved(features: Sequence[Feature]) -> list[Moved]:
    """Features whose rows left the reference by more than chance does among so many."""
    limit = float(np.sqrt(np.log(2 * max(len(features), 1) / 0.002) / 2))
    found = []
    for feature in features:
        if feature.seen.cells < LEAST_CELLS or not feature.known.varies:
            continue
        gap = distance(feature.known, feature.seen)
        if gap > SMALLEST * feature.known.loose and gap > limit * feature.noise:
            found.append(Moved(feature, gap / feature.noise, _explained(feature)))
    return found


def _explained(feature: Feature) -> list[tuple[Explanation, float]]:
    made = [
        *of_scaler(feature.scaler),
        *(of_own_scale(feature.known) if feature.scaler == SAME else []),
        *of_sign(feature.scaler),
        *of_units(feature.scaler),
        *of_any_line(feature.known, feature.seen),
    ]
    return _ordered(_left(feature, made))


def _left(feature: Feature, made: Sequence[Explanation]) -> list[tuple[Explanation, float]]:
    gaps = distances(feature.known, feature.seen, [one.line for one in made])
    return list(zip(made, (gaps / feature.noise).tolist(), strict=True))


def _ordered(pairs: Sequence[tuple[Explanation, float]]) -> list[tuple[Explanation, float]]:
    return sorted(pairs, key=lambda pair: pair[1] + pair[0].cost)
