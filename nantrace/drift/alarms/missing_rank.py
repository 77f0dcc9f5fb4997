"""Cells that are missing more often than in past windows, where the reference has gaps and no order.

A shuffled reference shows how many cells are usually missing, and not whether they come one by one or in outages: one
window with ten times as many may be clean. What can be said without knowing is how it ranks among past ones; see
`conformal`. Missing, NaN and infinite cells count alike.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.alarms.budget import MISSING_RANK_SHARE
from nantrace.drift.alarms.chernoff_bounds import rate_evidence
from nantrace.drift.alarms.conformal import Conformal, bet, threshold
from nantrace.drift.alarms.deviations import learn, weight_of_one
from nantrace.drift.alarms.effects import ordered
from nantrace.drift.alarms.integrity import IntegrityAlarm, IntegrityKind
from nantrace.drift.profile import Profile
from nantrace.drift.window import TensorWindow, Window
from nantrace.feature import FeatureKey

ENOUGH = threshold(MISSING_RANK_SHARE)
SUPPOSED = 1.0  # deviation of one rate of independent cells, and no less where cells are hardly ever missing
LOWEST_SCORE = 1.0  # rates that rose by less are alike: their ranks are random

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MissingRankState:
    """What is remembered of past windows; `rms`: root mean square deviation of each feature's rate, () at first."""

    conformal: Conformal = field(default_factory=Conformal)
    rms: Sequence[float] = ()

    def to_json(self) -> dict[str, Any]:
        """Strict JSON; {} before the first window that was ranked."""
        return {**self.conformal.to_json(), "usual": list(self.rms)} if self.rms else {}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The inverse of `to_json`."""
        return cls(Conformal.from_json(data), tuple(data["usual"])) if data else cls()


def rank_missing(
    state: MissingRankState,
    profile: Profile,
    window: Window,
    hour: int,
    *,
    seed: int = 0,
    alarmed: Collection[FeatureKey] = (),
) -> tuple[MissingRankState, IntegrityAlarm | None]:
    """Judges windows of one model in the order of time, each once; the alarm is of the feature that deviates most.

    Features `alarmed` by another kind of alarm take no part. `bound` is the inverse of the sum that was reached.
    """
    part = np.array([key not in alarmed for key in profile.features], bool)
    rates = _MissingRates.of(window, profile.reference)
    part &= rates.known > 0
    if not window.rows or not part.any() or ordered(profile):
        return state, None
    deviated = rates.risen
    rms = np.array(state.rms or np.full(len(part), SUPPOSED))
    times = np.where(part, deviated / rms, 0.0)
    conformal, placed = bet(state.conformal, max(float(times.max()), LOWEST_SCORE), hour, ENOUGH, seed=seed)
    if placed.alarm:
        return MissingRankState(conformal, state.rms), rates.alarm(
            profile.features, int(times.argmax()), 1.0 / placed.total
        )
    weight = np.where(part, weight_of_one(conformal), 0.0)
    return MissingRankState(conformal, learn(rms, deviated, weight, SUPPOSED)), None


@dataclass(frozen=True)
class _MissingRates:
    """Cells without a finite value and all cells, of a window and of the reference, (features,)."""

    cases: Floats
    cells: Floats
    known: Floats
    known_cells: Floats

    @classmethod
    def of(cls, window: Window, reference: Window) -> Self:
        return cls(*_absent(window.tensors), *_absent(reference.tensors))

    @property
    def risen(self) -> Floats:
        """The signed root of the deviance of each rate, where it rose; else 0."""
        rose = self.cases * np.maximum(self.known_cells, 1) > self.known * np.maximum(self.cells, 1)
        nats = rate_evidence(self.cases, self.cells, self.known, self.known_cells)
        return np.where(rose, np.sqrt(2.0 * nats), 0.0)

    def alarm(self, keys: Sequence[FeatureKey], i: int, bound: float) -> IntegrityAlarm:
        rate, expected = float(self.cases[i] / self.cells[i]), float(self.known[i] / self.known_cells[i])
        return IntegrityAlarm(keys[i], IntegrityKind.MISSING, int(self.cases[i]), rate, expected, bound)


def _absent(tensors: Sequence[TensorWindow]) -> tuple[Floats, Floats]:
    cells = [np.full(len(each.finite), float(each.cells)) for each in tensors]
    cases = [each.cells - each.finite.astype(np.float64) for each in tensors]
    return np.concatenate([np.zeros(0), *cases]), np.concatenate([np.zeros(0), *cells])
