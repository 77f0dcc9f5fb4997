"""What the order of the reference's rows shows."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nantrace.drift.blocks import BLOCKS, MISSING, NOVEL, SHAPE, at_length, in_order, shape_effect, take_blocks
from tests.drift.alarms_traffic import Rows, clustered, independent, profile_of


def clustering_of(rows: Rows) -> Any:
    return profile_of(rows).tensors[0].clustering


def test_independent_rows_have_no_order() -> None:
    clustering = clustering_of(independent(0, 20_000))
    assert not in_order(clustering)
    assert (shape_effect(clustering, np.full(5, 20_000.0), np.full(5, 500.0)) == 1).all()


def test_a_thousand_shuffled_features_of_all_kinds_have_no_order() -> None:
    rows = independent(1, 5000, 1000)
    rows[:, ::2] = rows[:, ::2] > 1.5
    assert not in_order(clustering_of(rows))


def test_clusters_count_as_few_rows_and_shuffled_ones_are_not_seen() -> None:
    rows = clustered(0, 20_000)
    effect = shape_effect(clustering_of(rows), np.full(5, 20_000.0), np.full(5, 50.0))
    assert ((effect > 15) & (effect < 60)).all()  # 50 rows with an intraclass correlation of 0.8: 1 + 49 * 0.8 = 40
    assert not in_order(clustering_of(np.random.default_rng(1).permutation(rows)))


def test_an_outage_makes_missing_cells_count_as_few() -> None:
    rows = independent(0, 20_000)
    rows[3000:3200, 0] = np.nan
    rows[np.random.default_rng(1).random(20_000) < 0.01, 1] = np.nan
    missing = clustering_of(rows)[:, MISSING]
    assert missing[0].max() > 50
    assert missing[1].max() < 3
    assert (missing[2:] == 1).all()


def test_new_extremes_come_in_groups_where_the_reference_had_groups() -> None:
    rows = independent(0, 20_000)
    rows[5000:5030, 0] += 100
    novel = clustering_of(rows)[:, NOVEL]
    assert novel[0].max() == 30
    assert novel[1:].max() <= 6


def test_categories_of_one_block_are_counted() -> None:
    bins = np.zeros(4096, int)
    bins[:7] = 3
    assert take_blocks(bins, None)[NOVEL].tolist() == [7, 7, 7, 7]


@pytest.mark.parametrize("values", [[], [1.0], [np.nan] * 600, [2.0] * 600])
def test_degenerate_features_are_answered(values: list[float]) -> None:
    numbers = np.array(values)
    found = take_blocks(np.where(np.isnan(numbers), -1, 0), numbers)
    assert found.shape == (3, len(BLOCKS))
    assert (found == 1).all()


@given(st.lists(st.floats(1, 1e6), min_size=len(BLOCKS), max_size=len(BLOCKS)), st.floats(1, 1e9), st.floats(0, 1e9))
def test_an_effect_is_finite_and_at_least_one_at_any_length(
    statistics: list[float], known: float, cells: float
) -> None:
    found = at_length(np.array([statistics]), np.array([known]), np.array([cells]))
    assert np.isfinite(found).all()
    assert (found >= 1).all()


def test_an_effect_is_read_at_the_lengths_of_the_blocks() -> None:
    statistics = np.array([[2.0, 4.0, 8.0, 16.0]])
    at = [float(at_length(statistics, np.array([51_200.0]), np.array([51_200 / k]))[0]) for k in BLOCKS]
    assert at == pytest.approx([2, 4, 8, 16])
    beyond = float(at_length(statistics, np.array([51_200.0]), np.array([4 * 6400.0]))[0])
    assert beyond == pytest.approx(32)  # doubled with four times the length, as before


def test_the_shape_counts_no_row_twice() -> None:
    rows = clustered(0, 2000, 1)
    assert clustering_of(rows)[0, SHAPE, 1] == pytest.approx(clustering_of(rows[::-1].copy())[0, SHAPE, 1], rel=0.3)
