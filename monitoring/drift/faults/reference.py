"""The features of a tensor as the profile knows them."""

import numpy as np
from numpy.typing import NDArray

from monitoring.drift.faults.known_feature import ROUNDING, Floats, KnownFeature, smallest_gap
from monitoring.drift.layout import TensorLayout
from monitoring.drift.profile import Profile
from monitoring.drift.tensor_window import TensorWindow

CLUSTERED = 1.5
"""A smaller ratio of variances between stretches of the reference is chance."""
STRETCHED = 4.0
"""Windows may be longer than the stretches that are known; their clustering is followed this far."""


def known_features(profile: Profile, number: int, cells: int) -> list[KnownFeature]:
    """The features of the profile's tensor `number`, numeric, as they concern windows of so many cells a feature."""
    layout, counted = profile.tensors[number], profile.reference.tensors[number]
    effects = _clustering([block.tensors[number] for block in profile.blocks], cells)
    return [_feature(layout, counted, i, effect) for i, effect in enumerate(effects.tolist())]


def _feature(layout: TensorLayout, counted: TensorWindow, i: int, clustering: float) -> KnownFeature:
    bins, edges = counted.bins[i], layout.edges[i]
    first = np.concatenate([[True], np.diff(edges) > 0])  # a feature with fewer edges repeats its last one
    total = max(int(bins.sum()), 1)
    below = (np.cumsum(bins)[:-1] / total)[first]
    points, atoms = edges[first], layout.atoms[i, 1:][first]
    moments = layout.moments
    values = points[atoms] if layout.category[i] else None
    if values is not None:
        points, below = _between(values, points, below)
        atoms = np.ones(len(points), bool)
    slack = ROUNDING * np.maximum(np.abs(points), 1e-3 * (moments.maximum[i] - moments.minimum[i]))
    return KnownFeature(
        points=points,
        below=below,
        atoms=atoms[:-1],
        up=np.concatenate([[False], atoms[:-1] & (np.diff(points) <= 2 * slack[1:])]),
        low=float(moments.minimum[i]),
        high=float(moments.maximum[i]),
        mean=float(moments.mean[i]),
        std=float(moments.std[i]),
        median=float(moments.median[i]),
        cells=int(bins.sum()),
        clustering=clustering,
        values=values,
    )


def _between(values: Floats, points: Floats, below: Floats) -> tuple[Floats, Floats]:
    """Points halfway between the values of a category, where no rounding reaches."""
    room = smallest_gap(values) / 2
    shares = below[np.searchsorted(points, values)]
    halves = np.concatenate([[values[0] - room], values[:-1] / 2 + values[1:] / 2, [values[-1] + room]])
    return halves, np.append(shares, 1.0)


def _clustering(blocks: list[TensorWindow], cells: int) -> Floats:
    """The design effect, (features,), at least 1: how much more shares vary between windows than of independent rows.

    The variance between the reference's stretches over the binomial one, taken to the window's length as if rows of
    a stretch were equally alike (Kish, Survey Sampling, 1965).
    """
    counts = np.stack([block.bins for block in blocks]).astype(np.float64)
    if len(blocks) < 8:
        return np.ones(counts.shape[1])
    length = counts.sum(axis=2, keepdims=True)
    share = counts.sum(axis=0) / np.maximum(length.sum(axis=0), 1)
    below = np.cumsum(share, axis=1)
    gaps = np.cumsum(counts, axis=2) / np.maximum(length, 1) - below
    between: NDArray[np.float64] = (length * gaps**2).sum(axis=(0, 2)) / (len(blocks) - 1)
    chance = (below * (1 - below)).sum(axis=1)
    effect = np.where(chance > 1e-9, between / np.maximum(chance, 1e-9), 1.0)
    stretch = max(float(length.mean()), 2.0)
    alike = np.where(effect > CLUSTERED, effect - 1, 0.0) / (stretch - 1)
    return np.asarray(1 + alike * (min(cells, STRETCHED * stretch) - 1))
