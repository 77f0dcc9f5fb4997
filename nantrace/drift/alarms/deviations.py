"""How far each feature of a window deviates from the reference, and how far it usually does in the traffic of a model.

The first is evidence and a distance; the second a running root mean square of past windows.
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

    `nats`: evidence against one common distribution, at the edge (of a category: at the value) where it is worst.
    `distance`: the largest difference of the cumulative shares (of the shares), 0 to 1. `square`: their mean square
    over that of independent cells, which is 1 on average; 0 for features without cells or without variance.
    """

    features: Sequence[FeatureKey]
    nats: Floats
    distance: Floats
    square: Floats

    @property
    def standardised(self) -> Floats:
        """In standard deviations: the signed root of the deviance, without its sign."""
        return np.asarray(np.sqrt(2.0 * self.nats))


def deviations(
    profile: Profile, window: Window, effect: Floats | None = None, *, clustered_reference: bool = True
) -> Deviations:
    """Of a window of `profile`; a feature without finite cells deviates by 0 (its rates show why).

    `effect` (features,): so many cells count as one; the design effects that the reference's order shows when None.
    `clustered_reference`: so do the reference's, among which an hour is one of few.
    """
    effect = shape_effects(effects(profile, window)) if effect is None else effect
    stops = np.cumsum([layout.features for layout in profile.tensors])
    parts = zip(with_reference(profile, window), np.split(effect, stops), strict=False)
    found = [_of_tensor(*each, own, own if clustered_reference else np.ones(len(own))) for each, own in parts]
    arrays = (np.concatenate([np.zeros(0), *(part[i] for part in found)]) for i in range(3))
    return Deviations(profile.features, *arrays)


def shape_effects(clustering: Sequence[Effects]) -> Floats:
    """Of the distributions of all features, (features,)."""
    return np.concatenate([np.zeros(0), *(grouped.shape for grouped in clustering)])


def with_reference(profile: Profile, window: Window) -> Iterator[tuple[TensorLayout, TensorWindow, TensorWindow]]:
    """Each tensor, its window and the window of the reference's own rows."""
    return zip(profile.tensors, window.tensors, profile.reference.tensors, strict=True)


def _of_tensor(
    tensor: TensorLayout, window: TensorWindow, reference: TensorWindow, effect: Floats, known_effect: Floats
) -> tuple[Floats, Floats, Floats]:
    unordered = tensor.category[:, None]
    here, there = _shares(window.bins, unordered), _shares(tensor.expected(reference.bins), unordered)
    cells, known = (side.finite[:, None].astype(np.float64) for side in (window, reference))
    fewer = known_effect[:, None]
    nats = rate_evidence(here, cells, there / fewer, known / fewer, effect[:, None]).max(axis=1)
    both = (cells[:, 0] > 0) & (known[:, 0] > 0)
    cells, known = np.maximum(cells, 1.0), np.maximum(known, 1.0)
    usual = there / known
    apart = np.where(both[:, None], here / cells - usual, 0.0)
    chance = (usual * (1 - usual)).sum(axis=1) * (1 / cells + 1 / known)[:, 0]
    square = np.where(chance > 0, (apart**2).sum(axis=1) / np.where(chance > 0, chance, 1.0), 0.0)
    return nats, np.abs(apart).max(axis=1), square


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
