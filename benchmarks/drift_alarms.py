"""False drift alarms and delays: `python -m benchmarks.drift_alarms [--seeds N] [--only NAME]`.

Each stream of `benchmarks.drift_streams` is judged window after window as the service does it, and beside it by the
two usual rules on the same windows: PSI > 0.2, and p < 0.05 of the two-sample Kolmogorov-Smirnov test. First on clean
rows: windows that alarm in 30 days of 720 windows. Then with one thing wrong from the 337th window on, in one of four
features: windows until the first alarm, the one that alarms included, as the median over features and orders; `-`
means not within a week. The delay of the usual rules is that of a flag on that very feature, which they may well give
without any fault.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import exp, inf, sqrt

import numpy as np

from benchmarks.drift_streams import Rows, Stream, digits, flights, simulated, weather
from ingest.tensors import Tensor, Tensors
from monitoring.drift.alarms.integrity import integrity
from monitoring.drift.alarms.shape import ShapeState, judge
from monitoring.drift.profile import Profile, take_profile
from monitoring.drift.statistics import measure
from monitoring.drift.window import Window, count

MONTH, BEFORE, PATIENCE = 720, 336, 168
PSI_LIMIT, KS_LIMIT = 0.2, 0.05

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
}


@dataclass(frozen=True)
class Judged:
    """One window: what alarmed here, and how many and which features the usual rules flag."""

    integrity: bool
    jump: bool
    shape: bool
    psi: np.ndarray
    ks: np.ndarray

    @property
    def alarm(self) -> bool:
        return self.integrity or self.jump or self.shape


def tensors(rows: Rows) -> Tensors:
    return Tensors.of(Tensor("inputs", np.ascontiguousarray(rows, np.float32)))


def watch(profile: Profile, state: ShapeState, windows: list[tuple[int, Rows]]) -> Iterator[tuple[ShapeState, Judged]]:
    """Judges windows as the service does, from a state on."""
    for hour, rows in windows:
        window = count(profile, tensors(rows))
        told = integrity(profile, window)
        state, verdict = judge(state, profile, window, hour, told={alarm.place for alarm in told})
        psi, ks = usual_rules(profile, window)
        yield state, Judged(bool(told), bool(verdict.jumps), verdict.evidence >= 1, psi, ks)


def usual_rules(profile: Profile, window: Window) -> tuple[np.ndarray, np.ndarray]:
    """The features that PSI > 0.2 flags, and those that p < 0.05 of Kolmogorov and Smirnov's test flags."""
    (measured,) = measure(profile, window)
    (known,) = profile.reference.tensors
    cells = measured.finite * known.finite / np.maximum(measured.finite + known.finite, 1)
    p = np.array([kolmogorov(sqrt(n) * distance) for n, distance in zip(cells, measured.ks, strict=True)])
    return measured.psi > PSI_LIMIT, p < KS_LIMIT


def kolmogorov(x: float) -> float:
    """P(sup of a Brownian bridge > x)."""
    if x < 0.3:
        return 1.0
    return float(np.clip(2 * sum((-1.0) ** (k - 1) * exp(-2 * (k * x) ** 2) for k in range(1, 20)), 0.0, 1.0))


def delays(stream: Stream, profile: Profile, state: ShapeState, fault: Fault, seed: int) -> list[tuple[float, ...]]:
    """Windows to the first alarm, PSI flag and KS flag for each faulty feature, inf where none came within a week."""
    found = []
    for feature in stream.measured:
        random = np.random.default_rng(seed)
        deviation = float(np.nanstd(stream.reference[:, feature]))
        broken = []
        for hour, rows in stream.windows[BEFORE : BEFORE + PATIENCE]:
            hit = rows.copy()
            fault(hit, feature, deviation, random)
            broken.append((hour, hit))
        first = [inf, inf, inf]
        for number, (_, judged) in enumerate(watch(profile, state, broken), start=1):
            signs = (judged.alarm, judged.psi[feature], judged.ks[feature])
            first = [min(old, number) if sign else old for old, sign in zip(first, signs, strict=True)]
            if max(first) < inf:
                break
        found.append(tuple(first))
    return found


def told(values: list[float]) -> str:
    median = statistics.median_low(sorted(values))
    return "-" if median == inf else f"{median:.0f}"


def show(streams: list[Stream]) -> None:
    """One line of the table on clean rows and one for each fault, over streams of one kind."""
    counted: list[Judged] = []
    late: dict[str, list[tuple[float, ...]]] = {name: [] for name in FAULTS}
    for seed, stream in enumerate(streams):
        profile = take_profile(tensors(stream.reference))
        for number, (state, judged) in enumerate(watch(profile, ShapeState(), stream.windows), start=1):
            counted.append(judged)
            if number == BEFORE:
                for name, fault in FAULTS.items():
                    late[name] += delays(stream, profile, state, fault, seed)
    months = len(counted) / MONTH

    def monthly(signs: list[bool]) -> str:
        return f"{sum(signs) / months:9.2f}"

    print(
        f"{streams[0].name:28}{months:7.1f}",
        monthly([one.alarm for one in counted]),
        monthly([one.integrity for one in counted]),
        monthly([one.jump for one in counted]),
        monthly([one.shape for one in counted]),
        monthly([bool(one.psi.any()) for one in counted]),
        monthly([bool(one.ks.any()) for one in counted]),
        f"{sum(int(one.psi.sum()) for one in counted) / months:11.0f}",
        f"{sum(int(one.ks.sum()) for one in counted) / months:11.0f}  ",
        "  ".join(
            "/".join(told([delay[i] for delay in found]) for i in range(3)).center(10) for found in late.values()
        ),
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2, help="orders of the days, or simulations")
    parser.add_argument("--only", choices=tuple(STREAMS), action="append")
    given = parser.parse_args()
    print(
        " " * 28,
        "months  windows that alarm in 30 days: ours (integrity, jump, shape), PSI, KS; flags PSI, KS; ",
        end="",
    )
    print("delay ours/PSI/KS:", *FAULTS)
    started = time.perf_counter()
    for name in given.only or STREAMS:
        for make in STREAMS[name]:
            orders = 1 if make(0).name.endswith("raw") else given.seeds
            show([make(seed) for seed in range(orders)])
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
