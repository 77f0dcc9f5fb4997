"""A jump: one window so far from the reference that no history is needed to say so.

The evidence of independent cells is divided by the design effect that windows of this size have in the reference's own
order. Where that is unknown, because the reference was shuffled, clean windows may be narrow and far away: an hour is
one value of the feature "hour of day". Cells that a common cause holds together are less spread than the reference;
cells as spread as the reference, and somewhere else, were moved. Without order only such windows jump, further, and
only until enough windows are known to rank them (`conformal`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from monitoring.drift.alarms.budget import JUMP_SHARE, hourly, nats_needed
from monitoring.drift.alarms.conformal import RANKED
from monitoring.drift.alarms.deviations import Deviations, Place, beside
from monitoring.drift.blocks import in_order
from monitoring.drift.profile import Profile
from monitoring.drift.tensor_window import TensorWindow
from monitoring.drift.window import Window

FAR, VERY_FAR = 0.3, 0.6  # differences of cumulative shares: a normal distribution moved by 0.77 and 1.7 deviations
AS_WIDE = 0.5  # variance of the window's normal scores, 1 for the reference; the outer bins hold it down

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Jump:
    """`distance` as in `Deviations`; `bound`: how likely a clean window does that, at most, in this one feature."""

    place: Place
    distance: float
    bound: float


def jumps(profile: Profile, window: Window, found: Deviations, past: int) -> Sequence[Jump]:
    """The features that jumped, furthest first; `past` windows are known already."""
    edges = sum(layout.features * layout.bins for layout in profile.tensors)
    nats = found.nats / found.effect
    certain = nats >= nats_needed(edges, hourly(JUMP_SHARE))
    if any(in_order(layout.clustering) for layout in profile.tensors):
        far = certain & (found.distance >= FAR)
    else:
        far = certain & (found.distance >= VERY_FAR) & (past < RANKED)
        far = far & (_spread(profile, window) >= AS_WIDE) if far.any() else far
    jumped = np.flatnonzero(far)
    furthest = jumped[np.argsort(-found.distance[jumped], kind="stable")]
    return [Jump(found.places[i], float(found.distance[i]), exp(-float(nats[i]))) for i in furthest]


def _spread(profile: Profile, window: Window) -> Floats:
    """Variance of the normal scores of the window's bins on the reference, (features,); 0 without order."""
    parts = [
        np.where(layout.category, 0.0, _normal_variance(counts, reference))
        for layout, counts, reference in beside(profile, window)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


def _normal_variance(window: TensorWindow, reference: TensorWindow) -> Floats:
    known = np.maximum(reference.finite, 1)[:, None]
    ranks = (reference.bins.cumsum(axis=1) - reference.bins / 2) / known
    ranks = np.clip(ranks, 0.5 / known, 1 - 0.5 / known)
    scores = np.vectorize(NormalDist().inv_cdf, otypes=[float])(ranks)

    def variance(bins: NDArray[np.int64]) -> Floats:
        cells = np.maximum(bins.sum(axis=1), 1)
        mean = (bins * scores).sum(axis=1) / cells
        return np.asarray((bins * scores**2).sum(axis=1) / cells - mean**2)

    own = variance(reference.bins)
    return variance(window.bins) / np.where(own > 0, own, np.inf)
