"""Healthy rows are sampled uniformly and independently of each other and of how they come in."""

import math
import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from nanwatch_client.ledger import HOUR, Counts, Ledger
from nanwatch_client.sampling import Sampler


@given(
    rate=st.floats(0.001, 1.0),
    calls=st.lists(st.integers(1, 400), min_size=1, max_size=50),
    seed=st.integers(0, 2**32),
)
@settings(deadline=None)
def test_each_row_is_chosen_with_the_same_probability(rate: float, calls: list[int], seed: int) -> None:
    """Over many repeats the share of every position is the rate, however the rows are split into calls."""
    source = random.Random(seed)
    repeats, total = 0, sum(calls)
    chosen = 0
    while repeats < 20:
        sampler, at = Sampler(rate, source), 0
        for rows in calls:
            positions = sampler.choose(rows)
            assert positions == sorted(set(positions))
            assert all(0 <= position < rows for position in positions)
            chosen += len(positions)
            at += rows
        repeats += 1
    expected, spread = rate * total * repeats, math.sqrt(rate * (1 - rate) * total * repeats)
    assert abs(chosen - expected) <= 6 * spread + 1


def test_every_position_has_its_share() -> None:
    source, repeats = random.Random(5), 20_000
    hits = [0] * 40
    for _ in range(repeats):
        sampler = Sampler(0.07, source)
        for start in range(0, 40, 8):
            for position in sampler.choose(8):
                hits[start + position] += 1
    spread = math.sqrt(0.07 * 0.93 * repeats)
    assert all(abs(hit - 0.07 * repeats) < 5 * spread for hit in hits)


def test_neighbours_are_independent() -> None:
    sampler = Sampler(0.3, random.Random(6))
    rows = 200_000
    flags = [0] * rows
    for position in sampler.choose(rows):
        flags[position] = 1
    both = sum(a * b for a, b in pairwise(flags)) / rows
    assert abs(both - 0.09) < 0.005


def test_all_and_none() -> None:
    assert Sampler(1.0).choose(5) == [0, 1, 2, 3, 4]
    assert Sampler(0.0).choose(10**9) == []


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5), st.booleans())))
def test_a_ledger_loses_no_count(events: list[tuple[int, int, bool]]) -> None:
    ledger, counted, taken, now = Ledger(), 0, 0, 1_000_000.0
    ledger.open = Counts(since=now)
    for hours, predictions, takes in events:
        now += hours * HOUR
        ledger.turn(now)
        ledger.open.predictions += predictions
        counted += predictions
        if takes and (oldest := ledger.oldest()) is not None:
            taken += ledger.take(oldest.since).predictions
    left = 0
    while (oldest := ledger.oldest()) is not None:
        left += ledger.take(oldest.since).predictions
    assert taken + left == counted


def test_a_ledger_is_bounded() -> None:
    ledger = Ledger()
    for hour in range(1000):
        ledger.turn(hour * HOUR)
        ledger.open.predictions += 1
    assert len(ledger._earlier) <= 48
    assert sum(counts.predictions for counts in ledger._earlier) == 999
