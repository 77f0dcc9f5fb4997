"""How far each feature of a window deviates from the reference, and how far it usually does in the traffic of a model.

The first is evidence, a distance and a design effect; the second a running root mean square of past windows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.alarms.chernoff_bounds import rate_evidence
from nantrace.drift.alarms.conformal import Conformal
from nantrace.drift.alarms.effects import Effects, effects
from nantrace.drift.layout import TensorLayout
from nantrace.drift.profile import Profile
from nantrace.drift.window import TensorWindow, Window
from nantrace.feature import FeatureKey

SUPPOSED_SCALE = 2.0  # deviation of the worst of some 40 edges of independent cells, standardised
Floats = NDArray[np.float64]
REMEMBERED = 168  # windows that the rms deviation is a mean of
MOST_LEARNT = 3.0  # times the rms deviation, that one window can count as


@dataclass(frozen=True)
class Deviations:
    """Of all features of all tensors, in the order of the profile; arrays of shape (features,).

    `nats`: evidence against one common distribution, at the edge (of a category: at the value) where it is worst, as if
    cells were independent. `distance`: the largest difference of the cumulative shares (of the shares), 0 to 1.
    `effect`: design effect of a window of that many cells, from the order of the reference's rows.
    """

    features: Sequence[FeatureKey]
    nats: Floats
    distance: Floats
    effect: Floats

    @property
    def standardised(self) -> Floats:
        """In standard deviations: the signed root of the deviance, without its sign."""
        return np.asarray(np.sqrt(2.0 * self.nats / self.effect))


def deviations(profile: Profile, window: Window, clustering: Sequence[Effects] | None = None) -> Deviations:
    """Of a window of `profile`; a feature without finite cells deviates by 0 (its rates show why).

    `clustering`: design effects, those of the reference when None.
    """
    parts = [_of_tensor(*each) for each in with_reference(profile, window)]
    nats, distance = (np.concatenate([np.zeros(0), *(part[i] for part in parts)]) for i in range(2))
    shapes = [grouped.shape for grouped in clustering or effects(profile, window)]
    return Deviations(profile.features, nats, distance, np.concatenate([np.zeros(0), *shapes]))


def with_reference(profile: Profile, window: Window) -> Iterator[tuple[TensorLayout, TensorWindow, TensorWindow]]:
    """Each tensor, its window and the window of the reference's own rows."""
    return zip(profile.tensors, window.tensors, profile.reference.tensors, strict=True)


def _of_tensor(tensor: TensorLayout, window: TensorWindow, reference: TensorWindow) -> tuple[Floats, Floats]:
    unordered = tensor.category[:, None]
    here, there = _shares(window.bins, unordered), _shares(tensor.expected(reference.bins), unordered)
    cells, known = (side.finite[:, None].astype(np.float64) for side in (window, reference))
    nats = rate_evidence(here, cells, there, known).max(axis=1)
    apart = np.abs(here / np.maximum(cells, 1.0) - there / np.maximum(known, 1.0)).max(axis=1)
    return nats, np.where((cells[:, 0] > 0) & (known[:, 0] > 0), apart, 0.0)


def _shares(bins: NDArray[Any], unordered: NDArray[Any]) -> Floats:
    """Cells up to each edge, of a category the cells of each value; (features, bins)."""
    return np.where(unordered, bins, bins.cumsum(axis=1)).astype(np.float64)


def weight_of_one(history: Conformal) -> float:
    """What the last window counts for in a mean over past ones."""
    return 1.0 / min(len(history.past) + 1, REMEMBERED)


def learn(rms: Floats, deviated: Floats, weight: Floats, lowest: float) -> tuple[float, ...]:
    """The rms deviations with one window more; all arrays (features,), `weight` 0 for what is not to be learnt."""
    square = (1 - weight) * rms**2 + weight * np.minimum(deviated, MOST_LEARNT * rms) ** 2
    return tuple(np.maximum(np.sqrt(square), lowest).round(3).tolist())
