"""False drift alarms and delays: `python -m benchmarks.drift_alarms [--seeds N] [--only NAME]`.

Each stream of `benchmarks.drift_streams` is judged window after window as the service does it, and by the two usual
rules on the same windows: PSI > 0.2, and p < 0.05 of the two-sample Kolmogorov-Smirnov test. First on clean
rows: windows that alarm in 30 days of 720 windows. Then with one thing wrong from the 337th window on, in one of four
features: windows until the first alarm, the one that alarms included, as the median over features and orders; `-`
means not within a week. The delay of the usual rules is that of a flag on that very feature, which they may well give
without any fault.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.drift_streams import Rows, Stream, digits, flights, simulated, stretches, weather
from nantrace.drift.alarms.integrity import integrity
from nantrace.drift.alarms.missing_rank import MissingRankState, rank_missing
from nantrace.drift.alarms.persistent_missing import PersistentMissing, judge_persistent
from nantrace.drift.alarms.shape import ShapeState, judge
from nantrace.drift.profile import Profile, take_profile
from nantrace.drift.statistics import measure
from nantrace.drift.window import Window
from nantrace.tensors.tensor import Tensor, Tensors

MONTH, BEFORE, PATIENCE = 720, 336, 168
PSI_LIMIT, KS_LIMIT = 0.2, 0.05

Flags = NDArray[Any]
Fault = Callable[[Rows, int, float, np.random.Generator], None]  # rows, feature, its standard deviation


def shifted(deviations: float) -> Fault:
    def fault(rows: Rows, feature: int, deviation: float, _random: np.random.Generator) -> None:
        whole = bool((np.nan_to_num(rows[:, feature]) % 1 == 0).all())
        rows[:, feature] += round(deviations * deviation) if whole else deviations * deviation

    return fault


def thousandfold(rows: Rows, feature: int, _deviation: float, _random: np.random.Generator) -> None:
    rows[:, feature] *= 1000


def missing(rows: Rows, feature: int, _deviation: float, random: np.random.Generator) -> None:
    rows[random.random(len(rows)) < 0.05, feature] = np.nan


FAULTS: dict[str, Fault] = {
    "0.5 sd": shifted(0.5),
    "1 sd": shifted(1.0),
    "x1000": thousandfold,
    "5% missing": missing,
}

YEAR = ("permuted", "shuffled reference", "raw")
STREAMS: dict[str, list[Callable[[int], Stream]]] = {
    "simulated": [simulated],
    "flights": [partial(flights, order) for order in YEAR],
    "weather": [partial(weather, order) for order in YEAR],
    "digits": [partial(digits, order) for order in ("in order", "shuffled reference")],
    **{
        name: [partial(stretches, name, order) for order in ("in order", "shuffled reference")]
        for name in ("planes", "airports", "breast_cancer", "diabetes")
    },
}


@dataclass(frozen=True)
class State:
    """What the alarms remember."""

    shape: ShapeState = field(default_factory=ShapeState)
    runs: PersistentMissing = field(default_factory=PersistentMissing)
    missing_rank: MissingRankState = field(default_factory=MissingRankState)


@dataclass(frozen=True)
class Judged:
    """One window: what alarmed here, and how many and which features the usual rules flag."""

    integrity: bool
    jump: bool
    shape: bool
    psi: Flags
    ks: Flags

    @property
    def alarm(self) -> bool:
        return self.integrity or self.jump or self.shape


def tensors(rows: Rows) -> Tensors:
    return Tensors.of(Tensor("inputs", np.ascontiguousarray(rows, np.float32)))


def watch(profile: Profile, state: State, windows: Iterable[tuple[int, Rows]]) -> Iterator[tuple[State, Judged]]:
    """Judges windows as the service does, from a state on."""
    for hour, rows in windows:
        window = profile.count(tensors(rows))
        known = {alarm.feature for alarm in integrity(profile, window)}
        runs, persistent = judge_persistent(state.runs, profile, window)
        known |= {one.alarm.feature for one in persistent}
        ranked, rise = rank_missing(state.missing_rank, profile, window, hour, alarmed=known)
        shape, verdict = judge(state.shape, profile, window, hour, alarmed=known)
        state = State(shape, runs, ranked)
        psi, ks = usual_rules(profile, window)
        yield state, Judged(bool(known or rise), bool(verdict.jumps), verdict.evidence >= 1, psi, ks)


def usual_rules(profile: Profile, window: Window) -> tuple[Flags, Flags]:
    """The features that PSI > 0.2 flags, and those that p < 0.05 of Kolmogorov and Smirnov's test flags."""
    (measured,) = measure(profile, window)
    (known,) = profile.reference.tensors
    (counted,) = window.tensors
    cells = counted.finite * known.finite / np.maximum(counted.finite + known.finite, 1)
    return measured["psi"] > PSI_LIMIT, kolmogorov(np.sqrt(cells) * measured["ks"]) < KS_LIMIT


def kolmogorov(x: Flags) -> Flags:
    """P(sup of a Brownian bridge > x), for x that matter here: 1 below 0.3."""
    terms = [(-1.0) ** (k - 1) * np.exp(-2 * (k * x) ** 2) for k in range(1, 20)]
    return np.where(x < 0.3, 1.0, np.clip(2 * np.sum(terms, axis=0), 0.0, 1.0))


def clean(stream: Stream) -> Iterator[tuple[int, Rows]]:
    for number, hour in enumerate(stream.hours):
        yield hour, stream.rows(number)


def broken(stream: Stream, feature: int, fault: Fault, seed: int) -> Iterator[tuple[int, Rows]]:
    """The week behind the first windows, with the fault in one feature."""
    random = np.random.default_rng([seed, feature])
    deviation = float(np.nanstd(stream.reference[:, feature]))
    for number in range(BEFORE, min(BEFORE + PATIENCE, len(stream.hours))):
        rows = stream.rows(number).copy()
        fault(rows, feature, deviation, random)
        yield stream.hours[number], rows


def delays(stream: Stream, profile: Profile, state: State, fault: Fault, seed: int) -> list[tuple[float, ...]]:
    """Windows to the first alarm, PSI flag and KS flag for each measured feature, inf where none came within a week."""
    found = []
    for feature in stream.measured:
        first = [inf, inf, inf]
        windows = watch(profile, state, broken(stream, feature, fault, seed))
        for number, (_, judged) in enumerate(windows, start=1):
            signs = (judged.alarm, judged.psi[feature], judged.ks[feature])
            first = [min(old, number) if sign else old for old, sign in zip(first, signs, strict=True)]
            if max(first) < inf:
                break
        found.append(tuple(first))
    return found


def alarmed(values: list[float]) -> str:
    median = statistics.median_low(values)
    return "-" if median == inf else f"{median:.0f}"


HEADER = (
    "windows that alarm in 30 days (PSI, KS: and flags of features) | windows until ours/PSI/KS tell of a fault\n"
    f"{'':28} months   ours  integrity   jump  shape |    PSI   flags |     KS   flags | "
    + " ".join(f"{name:>12}" for name in FAULTS)
)


def show(streams: Iterable[Stream]) -> None:
    """One line of the table: streams of one kind, clean and with each fault."""
    counted: list[Judged] = []
    late: dict[str, list[tuple[float, ...]]] = {name: [] for name in FAULTS}
    for seed, stream in enumerate(streams):
        profile = take_profile(tensors(stream.reference))
        for number, (state, judged) in enumerate(watch(profile, State(), clean(stream)), start=1):
            counted.append(judged)
            if number == BEFORE:
                for name, fault in FAULTS.items():
                    late[name] += delays(stream, profile, state, fault, seed)
    months = len(counted) / MONTH
    ours = [
        sum(signs) / months
        for signs in zip(*((one.alarm, one.integrity, one.jump, one.shape) for one in counted), strict=True)
    ]
    usual = [
        f"{sum(bool(one.any()) for one in rule) / months:6.1f} {sum(int(one.sum()) for one in rule) / months:7.0f}"
        for rule in ([one.psi for one in counted], [one.ks for one in counted])
    ]
    waits = ["/".join(alarmed([delay[i] for delay in found]) for i in range(3)) for found in late.values()]
    print(
        f"{stream.name:28} {months:6.1f} {ours[0]:6.2f} {ours[1]:10.2f} {ours[2]:6.2f} {ours[3]:6.2f}",
        f"| {usual[0]} | {usual[1]} |",
        " ".join(f"{wait:>12}" for wait in waits),
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2, help="orders of the days, or simulations")
    parser.add_argument("--only", choices=tuple(STREAMS), action="append")
    given = parser.parse_args()
    print(HEADER)
    started = time.perf_counter()
    for name in given.only or STREAMS:
        for make in STREAMS[name]:
            orders = 1 if "raw" in getattr(make, "args", ()) else given.seeds
            show(make(seed) for seed in range(orders))
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
