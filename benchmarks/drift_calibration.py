"""Do confidences of named faults mean what they say? `python -m benchmarks.drift_calibration [cases] [--chosen-on]`.

Half of the cases hold a mistake of `drift_injections`, a third something else: a factor of no unit, a shift, another
law (`drift_laws`), a later stretch of rows in the order in which they came; the rest nothing. The tables are those that
no constant was chosen on, or with `--chosen-on` the others. A named fault is right where its kind was done, and to no
other features than these; a shift where the rows moved (Kolmogorov's distance 0.1) and no mistake was made. A unit is
absurd where none was changed.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.drift_faults import SAID, VISIBLE, Case, kolmogorov, make_case, named
from benchmarks.drift_injections import FAULTS, Random, make_scaler
from benchmarks.drift_laws import LAWS
from benchmarks.drift_tables import CHOSEN_ON, Table, tables
from nantrace.drift.faults import Fault

SEASON = "season"
CALENDARS = {"flights": [7, 8], "weather": []}  # columns of tables in order that say when a row came
MISTAKES = tuple(kind for kind in FAULTS if kind != "shift")
OTHERS = (*LAWS, "shift", SEASON)


@dataclass
class Reliability:
    """Named faults by tenths of their confidence; `kinds`: of each kind how many were right; `absurd` units."""

    sure: list[tuple[float, bool]] = field(default_factory=list)
    kinds: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    absurd: list[tuple[str, float, str]] = field(default_factory=list)
    quiet: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    recall: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: str, table: str, case: Case, faults: dict[int, Fault]) -> None:
        said = SAID.get(kind, kind)
        for fault in set(faults.values()):
            right = is_right(said, case, fault)
            self.sure.append((fault.confidence, right))
            self.kinds[fault.kind].append(right)
            if fault.kind == "unit_change" and (said != "unit_change" or not case.hit >= set(fault.features)):
                self.absurd.append((f"{kind} in {table}", fault.confidence, fault.detail[:70]))
        mistaken = [fault for fault in faults.values() if fault.kind != "shift"]
        if kind in MISTAKES and case.asked:
            self.recall[kind].append(float(np.mean([i in faults and faults[i].kind == said for i in case.asked])))
        if kind not in MISTAKES:
            self.quiet[kind].append(not mistaken)

    @property
    def error(self) -> float:
        """Expected calibration error over tenths of the confidence (Naeini, Cooper and Hauskrecht 2015)."""
        return sum(abs(sure - right) * count for _, count, sure, right in self.table) / max(len(self.sure), 1)

    @property
    def table(self) -> list[tuple[int, int, float, float]]:
        """Tenth, faults, their mean confidence, and the share of them that is right."""
        found = []
        for tenth in range(10):
            part = np.array([pair for pair in self.sure if min(int(pair[0] * 10), 9) == tenth], float)
            if len(part):
                found.append((tenth, len(part), float(part[:, 0].mean()), float(part[:, 1].mean())))
        return found


def is_right(said: str, case: Case, fault: Fault) -> bool:
    features = set(fault.features)
    if said in FAULTS and said != "shift":
        return fault.kind == said and case.hit >= features
    moved = all(_moved(case, i) for i in features)
    return fault.kind == "shift" and moved and (case.hit >= features or said == SEASON)


def _moved(case: Case, i: int) -> bool:
    columns = [side[np.isfinite(side[:, i]), i] for side in (case.reference, case.window)]
    return kolmogorov(*columns) >= VISIBLE


def season(random: Random, table: Table, size: int) -> Case:
    """A reference and a window of rows in their order, as far from each other as chance puts them."""
    length = min(5000, len(table.rows) // 2)
    start = int(random.integers(0, len(table.rows) - length + 1))
    reference = table.rows[start : start + length]
    others = [i for i in range(0, len(table.rows) - size, size) if i + size <= start or i >= start + length]
    first = int(random.choice(others))
    scaler = make_scaler(random, reference)
    window = table.rows[first : first + size]
    running = np.nanstd(window, axis=0) > 0
    running[CALENDARS[table.name]] = False
    everything = frozenset(range(int(running.sum())))
    known = scaler(reference)[:, running]
    return Case(known, scaler(window)[:, running], everything, everything, {})


def drawn(random: Random, kind: str, usable: list[Table], size: int) -> tuple[Case, str]:
    while True:
        some = [one for one in usable if kind != SEASON or one.name in CALENDARS]
        table = some[random.integers(len(some))]
        case = season(random, table, size) if kind == SEASON else make_case(random, kind, table, size)
        if case is not None and (case.asked or kind not in MISTAKES):
            return case, table.name


def measured(random: Random, cases: int, size: int, *, chosen_on: bool) -> Reliability:
    found = Reliability()
    usable = [one for one in tables() if (one.name in CHOSEN_ON) == chosen_on and len(one.rows) >= 1.4 * size]
    for _ in range(cases):
        chance = random.random()
        kinds = MISTAKES if chance < 0.5 else OTHERS if chance < 0.85 else ("clean",)
        kind = kinds[random.integers(len(kinds))]
        case, table = drawn(random, kind, usable, size)
        found.add(kind, table, case, named(case))
    return found


def show(found: Reliability) -> None:
    print("confidence faults  mean  right")
    for tenth, count, sure, right in found.table:
        print(f"{tenth / 10:.1f}-{tenth / 10 + 0.1:.1f} {count:9} {sure:6.2f} {right:6.2f}")
    print(f"expected calibration error {found.error:.3f} over {len(found.sure)} faults")
    for kind in sorted({*found.recall, *found.kinds}):
        print(f"{kind:16} recall {_mean(found.recall[kind])}, right where named {_mean(found.kinds[kind])}")
    for kind, quiet in sorted(found.quiet.items()):
        print(f"no mistake is named in {np.mean(quiet):.3f} of {len(quiet)} {kind}")
    print(f"absurd units: {len(found.absurd)}")
    for where, confidence, detail in sorted(found.absurd, key=lambda one: -one[1])[:15]:
        print(f"  {where}: {detail} ({confidence:.2f})")


def _mean(shares: Sequence[float]) -> str:
    return f"{np.mean(shares):.3f} of {len(shares)}" if shares else "-"


def main() -> None:
    numbers = [int(one) for one in sys.argv[1:] if one.isdigit()]
    chosen_on = "--chosen-on" in sys.argv
    started = time.perf_counter()
    random = np.random.default_rng(2 if chosen_on else 3)
    show(measured(random, numbers[0] if numbers else 2500, 1000, chosen_on=chosen_on))
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
