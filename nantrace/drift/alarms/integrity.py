"""Alarms on what can be counted: missing, NaN, infinite, out of range, of another type, of an unknown category.

Each rate is compared with the reference's own, clusters considered, so that a feature that is always half empty is
silent and one that never was is not. Every alarm needs evidence beyond a budget that all features, kinds and windows
share (`budget`), and a change large enough to matter. An infinity in a feature that never held one, rows that do not
fit the reference's shape, rows that nearly all hold what the reference never held, and numbers many times its range
away, need no statistics: clean traffic has none. How rows resemble each other says how much a reference varies inside
its range, and excuses no values that it never held.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.alarms.budget import INTEGRITY_SHARE, hourly, nats_needed
from nantrace.drift.alarms.chernoff_bounds import novelty_evidence, rate_evidence
from nantrace.drift.alarms.deviations import with_reference
from nantrace.drift.alarms.effects import Effects, cautious_effects
from nantrace.drift.layout import TensorLayout
from nantrace.drift.profile import Profile
from nantrace.drift.window import TensorWindow, Window
from nantrace.feature import WHOLE_TENSOR, FeatureKey

WHOLLY = 0.9  # of the finite cells lie outside the range: another season or cluster moves fewer
FAR_RANGES, FAR_SHARE = 10.0, 0.05  # so many ranges away lies a thousandfold of what is mostly 0, and no heavy tail
LEAST_ROWS = 20  # on either side, for what needs no statistics
LOOKS = 10  # independent ones at an hour while it fills
HOURLY = hourly(INTEGRITY_SHARE) / LOOKS
MINIMAL_INCREASE = 0.01  # of a rate: fewer cells are counted and shown, and alarm nobody

Floats = NDArray[np.float64]


class IntegrityKind(StrEnum):
    MISSING = "missing"
    NAN = "nan"
    INFINITE = "infinite"
    OUT_OF_RANGE = "out_of_range"
    UNSEEN_CATEGORY = "unseen_category"
    TYPE = "type"


@dataclass(frozen=True)
class IntegrityAlarm:
    """`cells` of the window are concerned, `rate` of them all, against `reference_rate`.

    `bound`: how likely clean traffic does that, at most, in this one feature and window; 0 where it cannot. A TYPE
    alarm is about all features of a tensor and counts rows: the index of `feature` is WHOLE_TENSOR.
    """

    feature: FeatureKey
    kind: IntegrityKind
    cells: int
    rate: float
    reference_rate: float
    bound: float


class _KindRates(NamedTuple):
    """Of one kind and tensor, arrays of shape (features,)."""

    kind: IntegrityKind
    cases: Floats
    cells: Floats
    reference_cases: Floats
    reference_cells: Floats
    nats: Floats


def integrity(
    profile: Profile, window: Window, budget: float = HOURLY, clustering: Sequence[Effects] | None = None
) -> list[IntegrityAlarm]:
    """The alarms of one window, the largest increases of a rate first.

    `budget`: false alarms that clean traffic may raise in this window; the default is that of an hour that is looked at
    while its rows come in. `clustering`: design effects, those supposed of a window when None.
    """
    tests = len(IntegrityKind) * sum(tensor.features for tensor in profile.tensors)
    needed = nats_needed(tests, budget)
    found: list[IntegrityAlarm] = []
    for (layout, counts, reference), grouped in zip(
        with_reference(profile, window), clustering or cautious_effects(profile, window), strict=True
    ):
        found += _mistyped(layout, counts)
        enough = min(window.rows, profile.rows) >= LEAST_ROWS
        for rates in _rates(layout, counts, reference, grouped, enough=enough):
            found += _beyond(layout, rates, needed)
    return sorted(found, key=lambda alarm: alarm.reference_rate - alarm.rate)


def _mistyped(layout: TensorLayout, counts: TensorWindow) -> Iterator[IntegrityAlarm]:
    if counts.mistyped:
        rate = counts.mistyped / (counts.mistyped + counts.cells)
        yield IntegrityAlarm(
            FeatureKey(layout.side, layout.name, WHOLE_TENSOR), IntegrityKind.TYPE, counts.mistyped, rate, 0.0, 0.0
        )


def _beyond(layout: TensorLayout, rates: _KindRates, needed: float) -> Iterator[IntegrityAlarm]:
    rate = rates.cases / np.maximum(rates.cells, 1)
    expected = rates.reference_cases / np.maximum(rates.reference_cells, 1)
    matters = (rate - expected >= MINIMAL_INCREASE) | (np.isinf(rates.nats) & (rate > expected))
    for i in np.flatnonzero(matters & (rates.nats >= needed)):
        key, bound = FeatureKey(layout.side, layout.name, int(layout.index[i])), exp(-float(rates.nats[i]))
        yield IntegrityAlarm(key, rates.kind, int(rates.cases[i]), float(rate[i]), float(expected[i]), bound)


def _rates(
    layout: TensorLayout, window: TensorWindow, reference: TensorWindow, grouped: Effects, *, enough: bool
) -> Iterator[_KindRates]:
    """`enough`: rows on either side, so that cells which are outside all together are no chance."""
    cells, known = (np.full(layout.features, float(side.cells)) for side in (window, reference))
    for kind, cases in (
        (IntegrityKind.MISSING, _missing),
        (IntegrityKind.NAN, _nan),
        (IntegrityKind.INFINITE, _infinite),
    ):
        here, there = cases(window), cases(reference)
        nats = rate_evidence(here, cells, there, known, grouped.missing)
        never = (there == 0) & (here > 0) & (kind is IntegrityKind.INFINITE)
        yield _KindRates(kind, here, cells, there, known, np.where(never, np.inf, nats))
    beyond = _out_of_range(layout, window, reference, grouped)
    for rates in (beyond, _unseen(layout, window, reference, grouped)):
        sure = enough & (_is_wholly(rates) | _is_far(layout, window))
        yield rates._replace(nats=np.where(sure, np.inf, rates.nats))


def _is_wholly(rates: _KindRates) -> NDArray[np.bool_]:
    """Nearly all cells are what at most half of the reference's are."""
    usual = rates.reference_cases / np.maximum(rates.reference_cells, 1)
    return np.asarray((rates.cases > 0) & (rates.cases >= WHOLLY * rates.cells) & (usual <= 0.5))


def _is_far(layout: TensorLayout, window: TensorWindow) -> NDArray[np.bool_]:
    """A share that matters lies many times the reference's range outside it, on average; of a constant, its size."""
    low, high = layout.moments.minimum, layout.moments.maximum
    outside = window.bins[:, 0] + window.bins[:, -1]
    with np.errstate(over="ignore", invalid="ignore"):
        away = window.below.distance.totals() + window.above.distance.totals()
        far = away > FAR_RANGES * np.where(high > low, high - low, np.abs(high)) * outside
    return np.asarray(far & (outside >= np.maximum(FAR_SHARE * window.finite, 1)))


def _out_of_range(layout: TensorLayout, window: TensorWindow, reference: TensorWindow, grouped: Effects) -> _KindRates:
    cells, known = window.finite.astype(np.float64), reference.finite.astype(np.float64)
    below, above = (np.where(layout.category, 0.0, window.bins[:, side]) for side in (0, -1))
    low, high = layout.moments.minimum, layout.moments.maximum
    nats = np.zeros(layout.features)
    for cases, excess in ((below, low - window.below.highest), (above, window.above.lowest - high)):
        away = np.where(cases > 0, excess, 0.0) / np.where(high > low, high - low, 1.0)
        nats += novelty_evidence(cases / grouped.novel, cells, known, np.maximum(away, 0.0))
    return _KindRates(IntegrityKind.OUT_OF_RANGE, below + above, cells, np.zeros(layout.features), known, nats)


def _unseen(layout: TensorLayout, window: TensorWindow, reference: TensorWindow, grouped: Effects) -> _KindRates:
    """Unknown categories. A reference of many rare ones shows how many to expect: those that it held once, and those
    that were too many to keep.
    """
    cells, known = window.finite.astype(np.float64), reference.finite.astype(np.float64)
    here, there = _unknown(layout, window), _unknown(layout, reference) + layout.once
    nats_of_rates = rate_evidence(here, cells, there, known, grouped.shape)
    nats = np.where(there > 0, nats_of_rates, novelty_evidence(here / grouped.novel, cells, known))
    return _KindRates(IntegrityKind.UNSEEN_CATEGORY, here, cells, there, known, nats)


def _missing(window: TensorWindow) -> Floats:
    return window.missing.astype(np.float64)


def _nan(window: TensorWindow) -> Floats:
    return window.nan.astype(np.float64)


def _infinite(window: TensorWindow) -> Floats:
    return (window.positive_infinite + window.negative_infinite + window.overflowed).astype(np.float64)


def _unknown(layout: TensorLayout, window: TensorWindow) -> Floats:
    """Cells that hold none of the reference's values, of features that have few."""
    return np.where(layout.category, (window.bins * ~layout.atoms).sum(axis=1), 0).astype(np.float64)
