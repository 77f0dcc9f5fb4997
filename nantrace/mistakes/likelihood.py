"""How likely the cells of a feature are, were they the reference taken along a straight line."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nantrace.mistakes.known_feature import Floats, KnownFeature, Observed
from nantrace.mistakes.line import SAME, Line


@dataclass(frozen=True)
class Feature:
    """One feature on both sides. `scaler` is the registered line from raw values to the model's."""

    number: int
    known: KnownFeature
    seen: Observed
    scaler: Line = SAME

    @cached_property
    def independent(self) -> float:
        """As how many independent cells of an exact reference its cells count."""
        return self.known.independent(self.seen)


def log_likelihoods(feature: Feature, lines: Sequence[Line], reference: KnownFeature | None = None) -> Floats:
    """Logarithm of the likelihood of the independent cells along each line, shape (lines,).

    From the feature's own reference, or from that of another feature.
    """
    known, seen = reference or feature.known, feature.seen
    if not lines or not seen.cells or not len(known.points):
        return np.full(len(lines), -np.inf)
    return feature.independent * known.histogram.log_densities(seen.ordered, seen.resolution, lines)
