"""A jump: one window so far from the reference that its rank among past ones is not needed to say so.

Cells count as few as the design effect says that windows of this size have in the reference's own order. Where that is
unknown, because the reference was shuffled, clean windows may be narrow and far away: an hour is one value of the
feature "hour of day". Cells that a common cause holds together are less spread than the reference; cells as spread as
the reference, and somewhere else, were moved. Without order only such windows jump, and further, until enough windows
are known to learn the design effect from how far these deviated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.alarms.budget import JUMP_SHARE, hourly, nats_needed
from nantrace.drift.alarms.conformal import RANKED
from nantrace.drift.alarms.deviations import SUPPOSED_SCALE, Deviations, deviations, with_reference
from nantrace.drift.alarms.effects import ordered
from nantrace.drift.alarms.spread import quartile_ratio, variance_ratio
from nantrace.drift.blocks import BLOCKS, UPPER
from nantrace.drift.profile import Profile
from nantrace.drift.window import Window
from nantrace.feature import FeatureKey

FAR, VERY_FAR = 0.3, 0.6  # differences of cumulative shares: a normal distribution moved by 0.77 and 1.7 deviations
PERSISTENCE = 3.0  # windows that count as one, since hours resemble their neighbours
CAUTION = 1.5  # since the worst storms are rarer than what the past windows hold
AS_WIDE = 0.6  # of the reference's spread, and its inverse: the lowest 40% of a normal distribution have 0.55

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Jump:
    """`distance` as in `Deviations`; `bound`: how likely a clean window does that, at most, in this one feature."""

    feature: FeatureKey
    distance: float
    bound: float


@dataclass(frozen=True)
class PastWindows:
    """`windows` that are known, of so many `rows` on average, and the `rms` deviation in them (features,)."""

    windows: int
    rms: Floats
    rows: float


def jumps(profile: Profile, window: Window, found: Deviations, past: PastWindows) -> Sequence[Jump]:
    """The features that jumped, furthest first."""
    edges = sum(layout.features * layout.bins for layout in profile.tensors)
    learnt = not ordered(profile) and past.windows >= RANKED
    nats = deviations(profile, window, _learnt_effect(past, window.rows)).nats if learnt else found.nats
    certain = nats >= nats_needed(edges, hourly(JUMP_SHARE))
    if ordered(profile) or learnt:
        far = certain & (found.distance >= FAR)
    else:
        far = certain & (found.distance >= VERY_FAR)
        far = far & _as_wide(profile, window) if far.any() else far
    jumped = np.flatnonzero(far)
    furthest = jumped[np.argsort(-found.distance[jumped], kind="stable")]
    return [Jump(found.features[i], float(found.distance[i]), exp(-float(nats[i]))) for i in furthest]


def _learnt_effect(past: PastWindows, rows: int) -> Floats:
    """Upper bound of the design effect of a window, (features,), from how far past ones deviated.

    It grows with the rows of the window, as that of a cluster does.
    """
    bound = np.interp(np.log(past.windows / PERSISTENCE), np.log(BLOCKS[::-1]), UPPER[::-1])
    excess = np.maximum((past.rms / SUPPOSED_SCALE) ** 2 - 1.0, 0.0)
    return np.asarray(CAUTION * float(bound) * (1.0 + excess * rows / past.rows))


def _as_wide(profile: Profile, window: Window) -> NDArray[np.bool_]:
    """Which features are about as spread as in the reference, by their variance and by their quartiles, (features,)."""
    parts = [np.zeros(0, bool)]
    for layout, counts, reference in with_reference(profile, window):
        deviation = np.sqrt(variance_ratio(layout, counts, reference))
        quartiles = quartile_ratio(layout, counts, reference)
        narrower, wider = np.minimum(deviation, quartiles), np.maximum(deviation, quartiles)
        parts.append(~layout.category & (narrower >= AS_WIDE) & (wider <= 1 / AS_WIDE))
    return np.concatenate(parts)
