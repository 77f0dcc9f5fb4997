"""The sample of an hour: bounded, uniform, and honest about what was sent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.drift_hours.reservoir import MOST_BYTES, MOST_ROWS, alike, capacity, draw, joined
from nantrace.tensors.tensor import Tensor, Tensors


def numbered(start: int, stop: int) -> Tensors:
    return Tensors.of(Tensor("inputs", np.arange(start, stop, dtype=np.float64)[:, None]))


def numbers(rows: Tensors) -> list[float]:
    return [float(one) for one in rows.by_name["inputs"].values[:, 0]]


@given(sizes=st.lists(st.integers(0, 700), min_size=1, max_size=8), seed=st.integers(0, 99))
def test_it_holds_distinct_rows_up_to_its_bound(sizes: list[int], seed: int) -> None:
    rng, kept, seen = np.random.default_rng(seed), None, 0
    for size in sizes:
        kept, seen = draw(kept, seen, numbered(seen, seen + size), rng) or kept, seen + size
    held = [] if kept is None else numbers(kept)
    assert len(held) == len(set(held)) == min(seen, MOST_ROWS)
    assert all(0 <= one < seen for one in held)


def test_early_and_late_rows_are_as_likely() -> None:
    rng, held = np.random.default_rng(1), []
    for _ in range(40):
        kept = draw(None, 0, numbered(0, 1500), rng)
        assert kept is not None
        kept = draw(kept, 1500, numbered(1500, 4000), rng) or kept
        held += numbers(kept)
    counts, _ = np.histogram(held, bins=8, range=(0, 4000))
    assert counts == pytest.approx([5000] * 8, rel=0.06)  # more than four standard deviations


def test_a_sample_that_does_not_change_is_not_written() -> None:
    kept = numbered(0, MOST_ROWS)
    assert draw(kept, 10**15, numbered(0, 3), np.random.default_rng(0)) is None
    assert draw(None, 0, numbered(0, 0), np.random.default_rng(0)) is None


def test_large_rows_are_bounded_by_bytes() -> None:
    images = Tensors.of(Tensor("image", np.zeros((20, 512, 512), np.float32)))
    assert capacity(images) == 4
    kept = draw(None, 0, images, np.random.default_rng(0))
    assert kept is not None
    assert kept.by_name["image"].values.nbytes == MOST_BYTES
    assert capacity(Tensors.of(Tensor("image", np.zeros((1, 2048, 2048), np.float32)))) == 0


def test_what_was_sent_stays_with_its_row() -> None:
    sent = np.array([[1], [0]], np.uint8)
    some = Tensors.of(Tensor("inputs", np.array([[np.nan], [5.0]]), sent))
    both = joined(numbered(0, 2), some).by_name["inputs"]
    assert both.missing().tolist() == [[False], [False], [True], [False]]


def test_what_can_be_one_sample() -> None:
    floats, integers = numbered(0, 2), Tensors.of(Tensor("inputs", np.zeros((2, 1), np.int64)))
    assert alike(floats, integers)
    assert not alike(floats, Tensors.of(Tensor("inputs", np.zeros((2, 3)))))
    assert not alike(floats, Tensors.of(Tensor("other", np.zeros((2, 1)))))
    assert not alike(floats, Tensors.of(Tensor("inputs", np.array([["a"], ["b"]]))))
