"""Decisions about two files: `python -m benchmarks.drift_files [clean|gross|rates] [--pairs N] [--seed S]`.

`clean`: pairs of one source (`benchmarks.drift_pairs`) that should be silent: rows that follow a reference in order,
the same with the reference shuffled, and both shuffled. `gross`: everything of one feature is wrong, at every number of
rows and with references in order, shuffled and sorted by that feature; all should alarm. `rates`: missing cells and a
new category. Counted is what `manage.py drift` answers as `alarm`; exit 1 also counts faults named without an alarm.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.drift_alarms import tensors
from benchmarks.drift_pairs import MADE, SORTED, TIME, Pair, Random, Rows, contiguous, levels, rows_of, sources, split
from nantrace.drift.comparison import Comparison, compare
from nantrace.tensors.tensor import Tensor, Tensors

ORDERS = ("in order", "reference shuffled", "both shuffled")
REFERENCES = ("in order", "shuffled", "sorted")
SIZES = (24, 200, 1000, 5000, 50_000)
MOSTLY_ONE = 0.5  # of the cells: a feature that holds one value more often shows it in 24 rows as well
KELVIN = 273.15
MISSING = ((0.01, 0.11), (0.1, 0.2), (0.01, 0.4), (0.1, 0.6))

Fault = Callable[[Rows, Rows], Rows]
"""From the cells of a feature in the window and in the reference."""

FAULTS: dict[str, Fault] = {
    "x1000": lambda cells, _known: cells * 1000,
    "/1000": lambda cells, _known: cells / 1000,
    "+273.15": lambda cells, _known: cells + KELVIN,
    "x1.8+32": lambda cells, _known: cells * 1.8 + 32,
    "zeros": lambda cells, _known: np.zeros_like(cells),
    "outside": lambda cells, known: cells + 1.01 * (np.nanmax(known) - np.nanmin(cells)),
}


def decided(pair: Pair) -> Comparison:
    return compare(of(pair.reference), of(pair.current), {})


def of(rows: Rows) -> Tensors:
    return Tensors.of(Tensor("inputs", rows)) if rows.dtype.kind == "U" else tensors(rows)


def shuffled(random: Random, rows: Rows) -> Rows:
    return np.asarray(rows[random.permutation(len(rows))])


def clean_pair(random: Random, rows: Rows, order: str) -> Pair:
    if order == "both shuffled":
        return split(random, rows)
    pair = contiguous(random, rows)
    return pair if order == "in order" else Pair(shuffled(random, pair.reference), pair.current)


def clean(pairs: int, seed: int, only: list[str]) -> None:
    """Pairs that alarm, of so many; behind it those that end with exit code 1, and which alarms and faults they are."""
    every, silent = Counter[str](), Counter[str]()
    for name in only or sources():
        for order in ORDERS[2:] if name in SORTED else ORDERS:
            kinds, alarms, exits = Counter[str](), 0, 0
            for number in range(pairs):
                random = np.random.default_rng([seed, number])
                found = decided(clean_pair(random, rows_of(name, seed + number), order))
                alarms += found.alarm
                exits += bool(found.alarms or found.faults)
                kinds.update({one["kind"] for one in [*found.alarms, *found.faults]})
            every[order], silent[order] = every[order] + pairs, silent[order] + pairs - alarms
            said = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
            print(f"{name:14} {order:19} {alarms:4} alarm, {exits:4} exit 1, of {pairs}  {said}", flush=True)
    for order in ORDERS:
        print(f"silent, {order}: {silent[order]} of {every[order]}")


def referenced(random: Random, pair: Pair, feature: int, order: str) -> Pair:
    if order == "in order":
        return pair
    known = pair.reference
    sort = order == "sorted"
    return Pair(known[np.argsort(known[:, feature])] if sort else shuffled(random, known), pair.current)


def faulty_features(name: str, reference: Rows) -> list[int]:
    """Features that the fault changes in every row or nearly: no codes, and not mostly one value."""
    kept = []
    for i, column in enumerate(reference.T):
        finite = column[np.isfinite(column)]
        values, counts = np.unique(finite, return_counts=True)
        zeros = (finite == 0).mean() < 0.1 or name in ("zeros", "outside")
        narrow = name != "+273.15" or np.ptp(finite) < KELVIN
        if len(values) > 10 and counts.max() <= MOSTLY_ONE * len(finite) and zeros and narrow:
            kept.append(i)
    return kept


def gross(pairs: int, seed: int, only: list[str]) -> None:
    """Pairs that alarm, for each number of rows, order of the reference and fault; misses by source and kind."""
    for order in REFERENCES:
        for size in SIZES:
            missed, counts = Counter[str](), Counter[tuple[str, bool]]()
            for source in [name for name in only or sources() if name != "levels"]:
                for number in range(pairs):
                    for fault, alarm in _gross(source, size, order, seed + number):
                        counts[fault, alarm] += 1
                        missed[f"{source} {fault}"] += not alarm
            shares = "  ".join(f"{fault} {counts[fault, True]}/{_total(counts, fault)}" for fault in FAULTS)
            first = ", ".join(f"{what} {count}" for what, count in missed.most_common(6) if count)
            print(f"{order:9} {size:6} rows: {shares}   missed: {first or 'none'}", flush=True)


def _total(counts: Counter[tuple[str, bool]], fault: str) -> int:
    return counts[fault, True] + counts[fault, False]


def _gross(source: str, size: int, order: str, seed: int) -> Iterator[tuple[str, bool]]:
    random, rows = np.random.default_rng(seed), rows_of(source, seed)
    if 2 * size > len(rows) and size != SIZES[0]:
        return
    pair = contiguous(random, rows, size)
    for name, fault in FAULTS.items():
        features = faulty_features(name, pair.reference)
        if features:
            feature, current = int(random.choice(features)), pair.current.copy()
            current[:, feature] = fault(current[:, feature], pair.reference[:, feature])
            yield name, decided(referenced(random, Pair(pair.reference, current), feature, order)).alarm


def rates(pairs: int, seed: int, only: list[str]) -> None:
    """More missing cells in 1,000 rows; a new category in 5% of 2,000 rows of 300 levels."""
    for order in REFERENCES:
        for name in only or [name for name in (*MADE, *TIME) if name != "levels"]:
            found = [sum(_rises(name, order, seed + i, *rate) for i in range(pairs)) for rate in MISSING]
            said = "  ".join(f"{a:.0%} to {b:.0%}: {n}" for (a, b), n in zip(MISSING, found, strict=True))
            print(f"{order:9} missing, {name:14} of {pairs}: {said}", flush=True)
        new = sum(_new_category(order, seed + number) for number in range(pairs))
        print(f"{order:9} a new category in 5%, 300 levels, 2,000 rows: {new} of {pairs}", flush=True)


def _rises(source: str, order: str, seed: int, usual: float, now: float) -> bool:
    """Whether the alarm is of a rate of the feature."""
    random = np.random.default_rng(seed)
    pair = contiguous(random, rows_of(source, seed), 1000)
    parts = [pair.reference.copy(), pair.current.copy()]
    for rows, share in zip(parts, (usual, now), strict=True):
        rows[random.random(len(rows)) < share, 1] = np.nan
    found = decided(referenced(random, Pair(*parts), 1, order))
    return any(one["kind"] in ("missing", "nan") and one["index"] == 1 for one in found.alarms)


def _new_category(order: str, seed: int) -> bool:
    random = np.random.default_rng(seed)
    pair = contiguous(random, levels(random, 300), 2000)
    current = pair.current.astype("U7")
    current[random.random(len(current)) < 0.05, 0] = "UNKNOWN"
    found = decided(referenced(random, Pair(pair.reference[-5000:], current), 0, order))
    return any(one["kind"] == "unseen_category" and one["index"] == 0 for one in found.alarms)


QUESTIONS = {"clean": clean, "gross": gross, "rates": rates}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", nargs="*", choices=(*QUESTIONS, []), default=[])
    parser.add_argument("--pairs", type=int, default=20, help="of each source and order")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", action="append", default=[], help="a source")
    given = parser.parse_args()
    started = time.perf_counter()
    for name in given.questions or QUESTIONS:
        QUESTIONS[name](given.pairs, given.seed, given.only)
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
