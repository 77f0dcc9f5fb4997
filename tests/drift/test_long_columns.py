"""The statistics of a long column are those of its blocks, put together."""

import numpy as np
import pytest

from nantrace.drift import long_columns
from nantrace.drift.long_columns import number_reference
from nantrace.tensors.tensor import Sent


@pytest.fixture
def in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_columns, "BLOCK", 700)


def column() -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """10,000 cells whose parts differ: a trend, gaps, infinities, one far value."""
    values = np.random.default_rng(5).normal(size=10_000) * 3 + np.linspace(0, 50, 10_000)
    values[::7], values[5::1000], values[9_999] = np.nan, np.inf, 1e6
    return values


@pytest.mark.usefixtures("in_blocks")
def test_it_is_what_numpy_says_of_the_whole() -> None:
    values = column()
    known = values[np.isfinite(values)]

    found = number_reference(values, None)

    assert (found.min, found.max, found.distinct) == (known.min(), known.max(), None)
    assert [found.mean, found.std] == pytest.approx([known.mean(), known.std()])
    assert found.median is not None
    assert abs((known < found.median).mean() - 0.5) < 0.002
    assert found.missing_rate == np.isnan(values).mean()
    assert found.infinite_rate == pytest.approx(np.isinf(values).mean())


@pytest.mark.usefixtures("in_blocks")
def test_blocks_without_a_known_cell_count_as_missing() -> None:
    values, sent = np.zeros(3_000), np.full(3_000, Sent.MISSING, np.uint8)
    sent[2_999] = Sent.VALUE
    values[2_999] = 4.0

    found = number_reference(values, sent)

    assert (found.min, found.max, found.mean, found.std, found.median) == (4, 4, 4, 0, 4)
    assert (found.missing_rate, found.distinct) == (2_999 / 3_000, [4.0])


@pytest.mark.usefixtures("in_blocks")
def test_few_values_of_all_blocks() -> None:
    flags = np.repeat([0.0, 1.0, 2.0], 1_000)

    assert number_reference(flags, None).distinct == [0, 1, 2]
    assert number_reference(np.arange(2_100) // 100.0, None).distinct is None, "few in each block, 21 in all"


@pytest.mark.usefixtures("in_blocks")
def test_numbers_at_the_end_of_the_floats() -> None:
    largest = np.finfo(np.float64).max

    found = number_reference(np.repeat([largest, -largest], 1_000), None)

    assert all(value is not None and np.isfinite(value) for value in (found.mean, found.std, found.median))


def test_a_column_of_nothing() -> None:
    found = number_reference(np.zeros(0), None)

    assert (found.min, found.missing_rate, found.infinite_rate) == (None, 0, 0)
