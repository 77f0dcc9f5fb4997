"""The features of a tensor as the profile knows them."""

import numpy as np

from nantrace.drift.blocks import SHAPE, at_length
from nantrace.drift.faults.known_feature import ROUNDING, Floats, KnownFeature, smallest_gap
from nantrace.drift.layout import TensorLayout
from nantrace.drift.profile import Profile
from nantrace.drift.tensor_window import TensorWindow


def known_features(profile: Profile, number: int, cells: int) -> list[KnownFeature]:
    """The features of the profile's tensor `number`, numeric, as they concern windows of so many cells a feature."""
    layout, counted = profile.tensors[number], profile.reference.tensors[number]
    finite = counted.finite.astype(np.float64)
    effects = at_length(_clustering(layout), finite, np.full(layout.features, float(cells)))
    return [_feature(layout, counted, i, effect) for i, effect in enumerate(effects.tolist())]


def _clustering(layout: TensorLayout) -> Floats:
    """How segments of the reference differ, (features, lengths), also where that may be chance: a name is a claim."""
    excess = layout.clustering[:, SHAPE].astype(np.float64) - 1
    return 1 + np.maximum(excess, np.median(excess, axis=0)) if len(excess) else excess


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
