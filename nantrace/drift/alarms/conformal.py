"""A sequential test on one score per window, without any model of the traffic.

Each new score is ranked among those of past windows. Were windows exchangeable, the randomised rank p would be uniform
and independent of all earlier ones (conformal transducer: Vovk, Gammerman, Shafer 2005), and a bet against that, of
expectation 1, could not grow. The bets are summed as Shiryaev and Roberts do, R = (1 + R) bet: R - t is a martingale,
so that an alarm at R >= A comes at most once in A windows of clean traffic on average.

Hours of real traffic are not exchangeable, in two ways that are taken into account. The time of day and of the week:
what is ranked is the difference of the logarithm of the score from the mean of past windows of the same hour, and of
the same weekday and hour, each drawn towards the wider group while it has few. And persistence, as of weather: bets
are taken to the power 1/T, where T is the autocorrelation time of past ranks; by Hoelder's inequality the product of
such bets has an expectation of at most 1 where windows T apart are independent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import log
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.alarms.budget import hourly

CAUTION = 3.0  # since neither correction below is exact: for one more window of delay, storms alarm half as often
KEPT = 720  # past windows
RANKED = 24  # past windows before the first bet
DRAWN = 4  # as many windows as the wider group counts for in the mean of a narrower one
SUPPOSED_TIME, SUPPOSED_BY = 3.0, 24  # autocorrelation time before anything is known, and the windows it counts for
LONGEST_LAG = 48

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Past:
    """One judged window: hour of the week (0 is Monday 0:00 UTC), logarithm of its score, what was ranked, -log(p)."""

    hour: int
    score: float
    residual: float
    surprise: float | None


@dataclass(frozen=True)
class Conformal:
    """`windows`: judged so far, also the number of the next random rank; `total`: the Shiryaev-Roberts sum."""

    windows: int = 0
    total: float = 0.0
    past: Sequence[Past] = field(default=())

    def to_json(self) -> dict[str, Any]:
        past = [[one.hour, one.score, one.residual, one.surprise] for one in self.past]
        return {"windows": self.windows, "total": self.total, "past": past}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(data["windows"], data["total"], tuple(Past(*past) for past in data["past"]))


@dataclass(frozen=True)
class Bet:
    """`p`: randomised rank, None while too few windows are known; `total`: the sum with it; `alarm`: it is enough."""

    p: float | None
    total: float
    alarm: bool


def threshold(share: float) -> float:
    """The sum that clean traffic reaches as often as kinds of alarms with a `share` of the budget may alarm."""
    return CAUTION / hourly(share)


def bet(state: Conformal, score: float, hour: int, enough: float, *, seed: int) -> tuple[Conformal, Bet]:
    """Ranks a score > 0 of a window in hour `hour` of the week, and bets; a sum of `enough` is an alarm.

    After an alarm the sum begins at 0 again. A window that alarms does not enter the history. The same state, score and
    seed give the same answer.
    """
    logarithm = round(log(score), 4)
    residual = round(logarithm - _expected(state.past, hour), 4) if state.past else 0.0
    p, total = None, state.total
    if len(state.past) >= RANKED:
        p = _rank(state.past, residual, np.random.default_rng([seed, state.windows]).random())
        total = (1.0 + state.total) * stake(p) ** (1.0 / autocorrelation_time(state.past))
    alarm = total >= enough
    past = tuple(state.past)
    if not alarm:
        surprise = None if p is None else round(-log(p), 4)
        past = (*past, Past(hour, logarithm, residual, surprise))[-KEPT:]
    after = replace(state, windows=state.windows + 1, total=0.0 if alarm else total, past=past)
    return after, Bet(p, total, alarm)


def stake(p: float) -> float:
    """What a bet on small p pays: the mixture of k p**(k - 1) over k in (0, 1); its mean over uniform p is 1.

    (1 - p + p log p) / (p log(p)**2), Vovk and Wang 2021, "E-values: calibration, combination and applications".
    """
    logarithm = log(p)
    if logarithm > -1e-3:
        return 0.5
    return (1.0 - p + p * logarithm) / (p * logarithm**2)


def autocorrelation_time(past: Sequence[Past]) -> float:
    """1 + 2 times the sum of the autocorrelations of -log(p) up to the first that is noise, in windows, >= 1."""
    series = np.array([p.surprise for p in past if p.surprise is not None])
    supposed = SUPPOSED_TIME * SUPPOSED_BY
    if len(series) < 12:
        return SUPPOSED_TIME
    centred = series - series.mean()
    variance = float(centred @ centred)
    time = 1.0
    for lag in range(1, min(LONGEST_LAG, len(series) // 4) + 1):
        correlation = float(centred[:-lag] @ centred[lag:]) / variance if variance > 0 else 0.0
        if correlation < 2 / np.sqrt(len(series)):
            break
        time += 2 * correlation
    return (supposed + time * len(series)) / (SUPPOSED_BY + len(series))


def _rank(past: Sequence[Past], residual: float, uniform: float) -> float:
    """(how many are larger + U (how many are equal, this one included)) / (how many in all), in (0, 1]."""
    others = np.array([p.residual for p in past])
    larger, equal = int((others > residual).sum()), int((others == residual).sum()) + 1
    return max((larger + (1.0 - uniform) * equal) / (len(others) + 1), 1e-12)


def _expected(past: Sequence[Past], hour: int) -> float:
    """Mean of the past logarithms of an hour of the week, drawn towards the hour of the day and that towards all."""
    hours, scores = np.array([p.hour for p in past]), np.array([p.score for p in past])
    expected = float(scores.mean())
    for group in (hours % 24 == hour % 24, hours == hour):
        expected = (float(scores[group].sum()) + DRAWN * expected) / (int(group.sum()) + DRAWN)
    return expected
