"""Shape drift of one window: the worst feature's deviation, ranked among past windows; see `conformal`.

The score is the largest standardised deviation over all features, each relative to how far that feature usually
deviates in this model's traffic, so that the features that follow the clock do not hide the others.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from monitoring.drift.alarms.conformal import THRESHOLD, Bet, Conformal, bet
from monitoring.drift.alarms.deviations import Deviations, Place, deviations
from monitoring.drift.alarms.jump import Jump, jumps
from monitoring.drift.profile import Profile
from monitoring.drift.window import Window

MOVERS = 20
SUPPOSED_SCALE = 2.0  # of the worst of some 40 edges of independent cells
REMEMBERED = 168  # windows that the usual deviation is a mean of
MOST_LEARNT = 3.0  # times the usual deviation, that one window can count as
LOWEST_USUAL, LOWEST_SCORE = 0.1, 1e-6

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ShapeState:
    """What is remembered of past windows; `usual`: root mean square deviation of each feature, () at first."""

    conformal: Conformal = field(default_factory=Conformal)
    usual: Sequence[float] = ()

    def to_json(self) -> dict[str, Any]:
        """Strict JSON."""
        return {**self.conformal.to_json(), "usual": list(self.usual)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The inverse of `to_json`; {} is the state before the first window."""
        return cls(Conformal.from_json(data), tuple(data["usual"])) if data else cls()


@dataclass(frozen=True)
class Mover:
    """A feature, how many `times` its usual deviation it deviates, and the `distance` of `Deviations`."""

    place: Place
    times: float
    distance: float


@dataclass(frozen=True)
class ShapeVerdict:
    """`p`: rank of the score among past windows, None while there are too few.

    `evidence`: the Shiryaev-Roberts sum as a share of its threshold, an alarm at 1. `jumps` need no history. `movers`:
    the features that deviate most, the worst first.
    """

    alarm: bool
    score: float
    p: float | None
    evidence: float
    jumps: Sequence[Jump]
    movers: Sequence[Mover]


def judge(
    state: ShapeState, profile: Profile, window: Window, hour: int, *, seed: int = 0, told: Collection[Place] = ()
) -> tuple[ShapeState, ShapeVerdict]:
    """Judges windows of one model in the order of time, each once; `hour` of the week, 0 is Monday 0:00 UTC.

    The features `told` by another alarm (integrity) take no part in the score, nor do those that jump: what is known of
    one feature neither hides the others nor stops their history. A window without rows is not judged. Deterministic:
    `seed` and the number of the window break ties.
    """
    if not window.rows:
        return state, ShapeVerdict(False, 0.0, None, state.conformal.total / THRESHOLD, (), ())
    found = deviations(profile, window)
    usual = np.array(state.usual or np.full(len(found.places), SUPPOSED_SCALE))
    jumped = jumps(profile, window, found, len(state.conformal.past))
    apart = {*told, *(jump.place for jump in jumped)}
    part = np.array([place not in apart for place in found.places], bool)
    times = np.where(part, found.standardised / usual, 0.0)
    score = max(float(times.max(initial=0.0)), LOWEST_SCORE)
    conformal, placed = bet(state.conformal, score, hour, seed=seed)
    learnt = state.usual if placed.alarm else _learn(usual, found.standardised, part, len(conformal.past))
    return ShapeState(conformal, learnt), _verdict(found, times, score, placed, jumped)


def _learn(usual: Floats, deviated: Floats, part: NDArray[np.bool_], windows: int) -> tuple[float, ...]:
    weight = np.where(part, 1.0 / min(windows + 1, REMEMBERED), 0.0)
    square = (1 - weight) * usual**2 + weight * np.minimum(deviated, MOST_LEARNT * usual) ** 2
    return tuple(np.maximum(np.sqrt(square), LOWEST_USUAL).round(3).tolist())


def _verdict(found: Deviations, times: Floats, score: float, placed: Bet, jumped: Sequence[Jump]) -> ShapeVerdict:
    worst = np.argsort(-times, kind="stable")[:MOVERS]
    movers = [Mover(found.places[i], float(times[i]), float(found.distance[i])) for i in worst if times[i] > 0]
    alarm = placed.alarm or bool(jumped)
    return ShapeVerdict(alarm, score, placed.p, placed.total / THRESHOLD, jumped, movers)
