"""Decisions about two files: `python -m benchmarks.drift_files [--pairs N]`.

Clean pairs for the decision of `manage.py drift`: a reference, and contiguous rows that come after it, of real rows in
the order in which they came, days permuted (`benchmarks.drift_streams`), and of made clusters. Told are the pairs that
are silent, with the reference in order and shuffled, and the pairs that alarm with one thing wrong in the current file.
"""

import argparse
import time
from collections.abc import Callable, Iterator

import numpy as np
from sklearn.datasets import load_digits

from benchmarks.drift_alarms import FAULTS, Fault, tensors
from benchmarks.drift_streams import Rows, Stream, flights, weather
from nantrace.drift.alarms.two_samples import Decision, compare
from nantrace.drift.profile import take_profile

REFERENCE_ROWS, LEAST, MOST = 20_000, 50, 5000
CLUSTER, FEATURES = 50, 8
ORDERS = ("in order", "reference shuffled")

Pair = tuple[Rows, Rows, list[int]]  # reference, current, features that a fault is put into


def of_stream(make: Callable[[str, int], Stream], order: str) -> Callable[[int], Pair]:
    def pair(seed: int) -> Pair:
        stream = make(order, seed)
        random = np.random.default_rng(seed)
        rows = np.concatenate([stream.rows(number) for number in range(len(stream.hours))])
        return stream.reference[-REFERENCE_ROWS:], contiguous(random, rows)[0], stream.measured

    return pair


def writers(seed: int) -> Pair:
    """Handwritten digits in the order of the file: a stretch of at most a quarter against all others."""
    rows = load_digits().data
    current, start = contiguous(np.random.default_rng(seed), rows, len(rows) // 4)
    return np.delete(rows, np.arange(start, start + len(current)), axis=0), current, [18, 27, 36, 45]


def clusters(seed: int) -> Pair:
    """Stretches of rows that share four fifths of their variance."""
    random = np.random.default_rng(seed)
    shared = np.repeat(random.normal(size=(2 * REFERENCE_ROWS // CLUSTER, FEATURES)), CLUSTER, axis=0)
    rows = np.sqrt(0.8) * shared + np.sqrt(0.2) * random.normal(size=shared.shape)
    return rows[:REFERENCE_ROWS], contiguous(random, rows[REFERENCE_ROWS:])[0], list(range(4))


def contiguous(random: np.random.Generator, rows: Rows, most: int = MOST) -> tuple[Rows, int]:
    """Rows from one on, and its number; so many that every magnitude of their number is as likely."""
    size = int(np.exp(random.uniform(np.log(LEAST), np.log(min(most, len(rows) // 2)))))
    start = int(random.integers(0, len(rows) - size + 1))
    return rows[start : start + size], start


PAIRS: dict[str, Callable[[int], Pair]] = {
    "flights": of_stream(flights, "permuted"),
    "weather": of_stream(weather, "permuted"),
    "digits": writers,
    "clusters": clusters,
}


def decisions(pair: Pair, seed: int) -> Iterator[tuple[str, str, Decision]]:
    """Order of the reference, fault ("" is none), decision."""
    rows, current, measured = pair
    for order in ORDERS:
        reference = np.random.default_rng(seed).permutation(rows) if order == ORDERS[1] else rows
        profile = take_profile(tensors(reference))
        yield order, "", compare(profile, tensors(current))
        for name, fault in FAULTS.items():
            yield order, name, compare(profile, tensors(broken(rows, current, measured, fault, seed)))


def broken(reference: Rows, current: Rows, measured: list[int], fault: Fault, seed: int) -> Rows:
    feature, faulty = measured[seed % len(measured)], current.copy()
    fault(faulty, feature, float(np.nanstd(reference[:, feature])), np.random.default_rng(seed))
    return faulty


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=50, help="of each kind of rows")
    parser.add_argument("--only", choices=tuple(PAIRS), action="append")
    given = parser.parse_args()
    started = time.perf_counter()
    print(f"{'':30} clean and silent | alarms with " + " ".join(f"{name:>11}" for name in FAULTS))
    for name in given.only or PAIRS:
        counts = {(order, fault): 0 for order in ORDERS for fault in ("", *FAULTS)}
        for seed in range(given.pairs):
            for order, fault, decision in decisions(PAIRS[name](seed), seed):
                counts[order, fault] += decision.alarm
        for order in ORDERS:
            silent = given.pairs - counts[order, ""]
            alarms = " ".join(f"{counts[order, fault]:11}" for fault in FAULTS)
            print(f"{name + ', ' + order:30} {silent:6} of {given.pairs:<6} | {'':11} {alarms}", flush=True)
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
