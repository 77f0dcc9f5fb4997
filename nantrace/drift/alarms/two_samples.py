"""Whether one file of rows left a reference, without any traffic before it: the decision of `manage.py drift`.

Shape and rates are tested as for a window, against a budget for one comparison. How much a segment of clean rows of
this length deviates is known from the order of the reference's rows and from that of the rows themselves: by how much
their consecutive segments differ, so that a shuffled reference does not matter much. Rows shuffled on both sides count
as independent, and so do rows whose caller says that they are. Of rows that the caller sorted by time, the order is
believed also where it shows nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp

import numpy as np

from nantrace.drift.alarms.budget import nats_needed
from nantrace.drift.alarms.deviations import deviations
from nantrace.drift.alarms.effects import (
    SEGMENTS,
    SHORTEST,
    Effects,
    cautious_effects,
    effects,
    ordered,
    serial_effects,
)
from nantrace.drift.alarms.integrity import IntegrityAlarm, integrity
from nantrace.drift.profile import Profile
from nantrace.drift.row_order import AssumedOrder, Basis, RowOrder
from nantrace.drift.window import Window
from nantrace.feature import FeatureKey
from nantrace.tensors.tensor import Tensors

FALSE_ALARMS = 0.01  # of clean files that alarm, for shape and for rates each
LEAST_DISTANCE = 0.05  # of the cumulative shares: a normal distribution moved by an eighth of its standard deviation

UNKNOWN_ORDER = RowOrder()


@dataclass(frozen=True)
class MovedFeature:
    """`distance` as in `Deviations`; `bound`: how likely clean rows do that, at most, in this one feature."""

    feature: FeatureKey
    distance: float
    bound: float


@dataclass(frozen=True)
class Decision:
    """`moved`: features of another distribution, furthest first; `integrity`: rates that rose, furthest first.

    `assumed`: how many rows count as independent, and why.
    """

    window: Window
    moved: Sequence[MovedFeature]
    integrity: Sequence[IntegrityAlarm]
    assumed: AssumedOrder

    @property
    def alarm(self) -> bool:
        return bool(self.moved or self.integrity)


def compare(
    profile: Profile, inputs: Tensors, outputs: Tensors | None = None, order: RowOrder = UNKNOWN_ORDER
) -> Decision:
    """Decides about rows, given in the order in which they came; `Decision.window` is what they count to."""
    segments = _segments(profile, inputs, outputs)
    window = profile.total(segments)
    basis, clustering = _clustering(profile, window, segments, order)
    moved, rates = _moved(profile, window, clustering), integrity(profile, window, FALSE_ALARMS, clustering)
    assumed = AssumedOrder(basis, window.rows, window.rows / _median_effect(clustering), order)
    return Decision(window, moved, rates, assumed)


def _clustering(
    profile: Profile, window: Window, segments: Sequence[Window], order: RowOrder
) -> tuple[Basis, list[Effects]]:
    """The design effects of all rows, for each tensor, and what shows them."""
    if order.iid:
        return Basis.CALLER, [_independent(layout.features) for layout in profile.tensors]
    shown, sorted_by_time = ordered(profile), order.time is not None
    known = effects(profile, window) if sorted_by_time else _known_effects(profile, window, segments)
    own = serial_effects(segments, growing=not shown and not sorted_by_time)
    clustering = [_larger(*each) for each in zip(known, own, strict=True)]
    if shown:
        return Basis.REFERENCE, clustering
    # a fault far away makes segments differ, and is no cluster
    clustering = [replace(each, novel=one.novel) for each, one in zip(clustering, known, strict=True)]
    if any((each.shape > 1).any() for each in own):
        return Basis.COMPARED_ROWS, clustering
    return (Basis.TOO_FEW_ROWS if len(segments) == 1 else Basis.NO_ORDER), clustering


def _known_effects(profile: Profile, window: Window, segments: Sequence[Window]) -> Sequence[Effects]:
    """Of the reference; outages that its order does not show are supposed only of rows too few to show their own."""
    supposed = cautious_effects(profile, window)
    if len(segments) == 1:
        return supposed
    shown = effects(profile, window)
    return [replace(one, missing=other.missing) for one, other in zip(supposed, shown, strict=True)]


def _moved(profile: Profile, window: Window, clustering: Sequence[Effects]) -> list[MovedFeature]:
    found = deviations(profile, window, clustering)
    edges = sum(layout.features * layout.bins for layout in profile.tensors)
    nats = found.nats / found.effect
    moved = np.flatnonzero((found.distance >= LEAST_DISTANCE) & (nats >= nats_needed(edges, FALSE_ALARMS)))
    furthest = moved[np.argsort(-found.distance[moved], kind="stable")]
    return [MovedFeature(found.features[i], float(found.distance[i]), exp(-float(nats[i]))) for i in furthest]


def _segments(profile: Profile, inputs: Tensors, outputs: Tensors | None) -> list[Window]:
    """Consecutive rows; a single segment where the rows are too few for their order to show anything."""
    number = next((number for number in SEGMENTS if inputs.rows >= number * SHORTEST), 1)
    return [
        profile.count(inputs.take(rows), None if outputs is None else outputs.take(rows))
        for rows in np.array_split(np.arange(inputs.rows), number)
    ]


def _independent(features: int) -> Effects:
    return Effects(*(np.ones(features) for _ in range(3)))


def _median_effect(clustering: Sequence[Effects]) -> float:
    shapes = np.concatenate([np.ones(0), *(each.shape for each in clustering)])
    return float(np.median(shapes)) if len(shapes) else 1.0


def _larger(one: Effects, other: Effects) -> Effects:
    return Effects(*(np.maximum(getattr(one, name), getattr(other, name)) for name in ("shape", "missing", "novel")))
