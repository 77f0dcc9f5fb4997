"""Shape drift of one window: the worst feature's deviation, ranked among past windows; see `conformal`.

The score is the largest standardised deviation over all features, each relative to how far that feature usually
deviates in this model's traffic, so that the features that follow the clock do not hide the others.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.alarms.budget import SHAPE_SHARE
from nantrace.drift.alarms.conformal import Bet, Conformal, bet, threshold
from nantrace.drift.alarms.deviations import SUPPOSED_SCALE, Deviations, deviations, learn, weight_of_one
from nantrace.drift.alarms.jump import Jump, PastWindows, jumps
from nantrace.drift.profile import Profile
from nantrace.drift.window import Window
from nantrace.feature import FeatureKey

MOVERS = 20
THRESHOLD = threshold(SHAPE_SHARE)
LOWEST_RMS, LOWEST_SCORE = 0.1, 1e-6

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ShapeState:
    """What is remembered of past windows.

    `rms`: root mean square deviation of each feature, () at first. `rows`: the mean number of rows of these windows,
    0 at first, and in what was stored before it was kept.
    """

    conformal: Conformal = field(default_factory=Conformal)
    rms: Sequence[float] = ()
    rows: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Strict JSON."""
        return {**self.conformal.to_json(), "usual": list(self.rms), "rows": self.rows}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The inverse of `to_json`; {} is the state before the first window."""
        return cls(Conformal.from_json(data), tuple(data["usual"]), data.get("rows", 0.0)) if data else cls()


@dataclass(frozen=True)
class Mover:
    """A feature, how many `times` its rms deviation it deviates, and the `distance` of `Deviations`."""

    feature: FeatureKey
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
    state: ShapeState,
    profile: Profile,
    window: Window,
    hour: int,
    *,
    seed: int = 0,
    alarmed: Collection[FeatureKey] = (),
) -> tuple[ShapeState, ShapeVerdict]:
    """Judges windows of one model in the order of time, each once; `hour` of the week, 0 is Monday 0:00 UTC.

    Features `alarmed` by another kind of alarm (integrity) take no part in the score, nor do those that jump: what is
    known of one feature neither hides the others nor stops their history. A window without rows is not judged.
    Deterministic: `seed` and the number of the window break ties.
    """
    if not window.rows:
        return state, ShapeVerdict(False, 0.0, None, state.conformal.total / THRESHOLD, (), ())
    found = deviations(profile, window)
    rms = np.array(state.rms or np.full(len(found.features), SUPPOSED_SCALE))
    past = PastWindows(len(state.conformal.past), rms, state.rows or float(window.rows))
    jumped = [jump for jump in jumps(profile, window, found, past) if jump.feature not in alarmed]
    apart = {*alarmed, *(jump.feature for jump in jumped)}
    part = np.array([key not in apart for key in found.features], bool)
    times = np.where(part, found.standardised / rms, 0.0)
    score = max(float(times.max(initial=0.0)), LOWEST_SCORE)
    conformal, placed = bet(state.conformal, score, hour, THRESHOLD, seed=seed)
    after = replace(state, conformal=conformal)
    if not placed.alarm:
        weight = weight_of_one(conformal)
        learnt = learn(rms, found.standardised, np.where(part, weight, 0.0), LOWEST_RMS)
        after = ShapeState(conformal, learnt, round(past.rows + weight * (window.rows - past.rows), 3))
    return after, _verdict(found, times, score, placed, jumped)


def _verdict(found: Deviations, times: Floats, score: float, placed: Bet, jumped: Sequence[Jump]) -> ShapeVerdict:
    worst = np.argsort(-times, kind="stable")[:MOVERS]
    movers = [Mover(found.features[i], float(times[i]), float(found.distance[i])) for i in worst if times[i] > 0]
    alarm = placed.alarm or bool(jumped)
    return ShapeVerdict(alarm, score, placed.p, placed.total / THRESHOLD, jumped, movers)
