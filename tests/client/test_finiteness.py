"""No NaN and no infinity is overlooked, and no large number is taken for one."""

import math
from typing import Any

import nanwatch_client
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from nanwatch_client.finiteness import ONE_THREAD, finite_rows
from nanwatch_client.rows import failing_rows

from tests.client.conftest import Start
from tests.client.recording_server import Recording

SHAPES = arrays.array_shapes(min_dims=1, max_dims=3, max_side=6)


@given(st.sampled_from(["f2", "f4", "f8", ">f4", ">f8"]).flatmap(lambda dtype: arrays.arrays(dtype, SHAPES)))
@settings(deadline=None)
def test_every_cell_is_looked_at(array: Any) -> None:
    """Also where rows do not lie together in memory."""
    for one in (array, array[..., ::-1], array.T):
        bad = ~np.isfinite(one).reshape(len(one), -1).all(axis=1)
        assert finite_rows(one, True) in ((0,) if bad.any() else (0, len(one)))
        assert failing_rows([one], len(one)) == np.flatnonzero(bad).tolist()


@pytest.mark.parametrize("cells", [1, 2, ONE_THREAD, ONE_THREAD + 1])
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_a_glance_is_enough_for_usual_numbers(cells: int, dtype: str) -> None:
    array = np.linspace(-100, 100, cells, dtype=dtype)
    assert finite_rows(array, True) == cells

    for value in (math.nan, math.inf, -math.inf):
        array[-1] = value
        assert finite_rows(array, True) == 0


def test_large_numbers_are_healthy(service: Recording, start: Start) -> None:
    """Their squares overflow."""
    start()
    for dtype, large in (("f4", 3e38), ("f8", 1e308), ("f2", 6e4)):
        nanwatch_client.log(np.full((4, 3), large, dtype), np.full(4, large, dtype), model="m", version="1")
        nanwatch_client.log(np.array([[large, 1], [math.nan, 1]], dtype), model="m", version="1")

    assert nanwatch_client.flush(10)
    assert (service.counted("predictions"), service.counted("nonfinite"), service.rows) == (18, 3, 18)


@pytest.mark.parametrize(
    ("value", "rows"),
    [
        ([{"age": 41, "income": 1.5, "city": "Bern"}], 1),
        ({"age": 41, "income": 1.5, "city": "Bern"}, 1),
        ([{"age": 41, "income": math.nan}], 0),
        ([{"age": None, "city": "Bern"}], 0),
        ([{"age": 41}, {"age": 42}], 0),  # are looked at exactly
        ({"age": -math.inf}, 0),
    ],
)
def test_a_record_is_finite_where_its_cells_are(value: Any, rows: int) -> None:
    assert finite_rows(value, False) == rows
