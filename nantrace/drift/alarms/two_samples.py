"""Whether one file of rows left a reference, without any traffic before it: the decision of `manage.py drift`.

Shape and rates are tested as for a window, against a budget for one comparison. How much clean rows deviate is known
from the order of the reference's rows and from that of the rows themselves, by how much their consecutive segments
differ. A shuffled reference shows nothing, and rows that are a stretch of what it holds may lie far away. Such rows
show it: in their order, by being narrow in several features, or by deviating in most of them. They count as two groups,
as their narrowness says, or as few as all features deviate together. Rows that show none of it count as independent,
and so do rows whose caller says that they are. Of rows that the caller sorted by time, the order is believed also where
it shows nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp

import numpy as np

from nantrace.drift.alarms.budget import FILE_SHARE, nats_needed
from nantrace.drift.alarms.deviations import deviations, shape_effects, with_reference
from nantrace.drift.alarms.effects import (
    SEGMENTS,
    SHARED,
    SHORTEST,
    STRETCH,
    Effects,
    cautious_effects,
    effects,
    grouped_by_value,
    ordered,
    serial_effects,
)
from nantrace.drift.alarms.integrity import IntegrityAlarm, integrity
from nantrace.drift.alarms.no_stretch import no_stretch
from nantrace.drift.blocks import FREEDOM
from nantrace.drift.profile import Profile, tensor_of
from nantrace.drift.row_order import UNKNOWN_ORDER, AssumedOrder, Basis, RowOrder
from nantrace.drift.window import Window
from nantrace.feature import FeatureKey
from nantrace.tensors.tensor import Tensors

MEDIAN_SQUARE = (1.0 - 2.0 / (9.0 * FREEDOM)) ** 3  # of independent cells (Wilson and Hilferty 1931)
LEAST_DISTANCE = 0.05  # of the cumulative shares: a normal distribution moved by an eighth of its standard deviation


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
    if order.iid:
        basis, clustering = Basis.CALLER, [_independent(layout.features) for layout in profile.tensors]
    else:
        basis, clustering = _clustering(profile, window, segments, order)
        clustering = _grouped_by_value(profile, window, clustering, {"inputs": inputs, "outputs": outputs})
    assumed = AssumedOrder(basis, window.rows, window.rows / _median_effect(clustering), order)
    moved, rates = _moved(profile, window, clustering), integrity(profile, window, FILE_SHARE, clustering)
    return Decision(window, moved, rates, assumed)


def _clustering(
    profile: Profile, window: Window, segments: Sequence[Window], order: RowOrder
) -> tuple[Basis, list[Effects]]:
    """The design effects of all rows, for each tensor, and what shows them."""
    shown, sorted_by_time = ordered(profile), order.time is not None
    shared = 1.0 if shown or sorted_by_time else _shared_effect(profile, window)
    if sorted_by_time:
        known = effects(profile, window)
    else:  # outages are supposed only of rows too few to show their own
        known = cautious_effects(profile, window, outages=len(segments) == 1, shared=shared)
    own = _own_effects(profile, segments, growing=not shown and not sorted_by_time)
    clustering = [_larger(*each) for each in zip(known, own, strict=True)]
    if shown:
        return Basis.REFERENCE, clustering
    # a fault far away makes segments differ, and is no cluster
    clustering = [replace(each, novel=one.novel) for each, one in zip(clustering, known, strict=True)]
    clustering = [_at_least(each, shared) for each in clustering]
    return _basis(segments, own, clustering), clustering


def _basis(segments: Sequence[Window], own: Sequence[Effects], clustering: Sequence[Effects]) -> Basis:
    """Of rows next to a reference whose order shows nothing."""
    if any((each.shape > 1).any() for each in own):
        return Basis.COMPARED_ROWS
    if _median_effect(clustering) >= SHARED:
        return Basis.TOGETHER
    return Basis.TOO_FEW_ROWS if len(segments) == 1 else Basis.NO_ORDER


def _own_effects(profile: Profile, segments: Sequence[Window], *, growing: bool) -> list[Effects]:
    """Of the rows' own order; missing cells of a feature that never had any are no outages that are usual."""
    own = serial_effects(segments, growing=growing)
    gaps = [known.finite < known.cells for known in profile.reference.tensors]
    return [replace(one, missing=np.where(each, one.missing, 1.0)) for one, each in zip(own, gaps, strict=True)]


def _shared_effect(profile: Profile, window: Window) -> float:
    """The design effect that all features show together: rows of one stretch differ from the others in many of them.

    What a fault does to fewer than half of the features leaves it as it is. It is the median of their mean squares
    over its value by chance (genomic control: Devlin and Roeder, Biometrics 55, 1999); a single feature shows none.
    """
    square = np.sort(deviations(profile, window, np.ones(len(profile.features))).square)
    square = square[square > 0]
    most = 1.0 + (window.rows - 1) * STRETCH
    return 1.0 if len(square) < 2 else float(np.clip(square[(len(square) - 1) // 2] / MEDIAN_SQUARE, 1.0, most))


def _moved(profile: Profile, window: Window, clustering: Sequence[Effects]) -> list[MovedFeature]:
    found = deviations(profile, window, shape_effects(clustering), clustered_reference=False)
    edges = sum(layout.features * layout.bins for layout in profile.tensors)
    moved = np.flatnonzero((found.distance >= LEAST_DISTANCE) & (found.nats >= nats_needed(edges, FILE_SHARE)))
    furthest = moved[np.argsort(-found.distance[moved], kind="stable")]
    return [MovedFeature(found.features[i], float(found.distance[i]), exp(-float(found.nats[i]))) for i in furthest]


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


def _at_least(one: Effects, shared: float) -> Effects:
    """For all but missing cells, which show no stretch by themselves."""
    return replace(one, shape=np.maximum(one.shape, shared), novel=np.maximum(one.novel, shared))


def _grouped_by_value(
    profile: Profile, window: Window, clustering: Sequence[Effects], sent: Mapping[str, Tensors | None]
) -> list[Effects]:
    found = []
    for one, (layout, counts, known) in zip(clustering, with_reference(profile, window), strict=True):
        tensor = tensor_of(layout, sent[layout.side])
        shape = grouped_by_value(one.shape, layout, counts, known, tensor)
        found.append(replace(one, shape=np.where(no_stretch(layout, tensor), 1.0, shape)))
    return found


def _larger(one: Effects, other: Effects) -> Effects:
    return Effects(*(np.maximum(getattr(one, name), getattr(other, name)) for name in ("shape", "missing", "novel")))
