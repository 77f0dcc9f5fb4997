"""Bad values of which a finite answer was made: which are followed, and which were meant."""

import numpy as np
import pytest

from nantrace.diagnosis.case import TracedRows
from nantrace.tensors.tensor import Sent, Tensor, Tensors
from tests.replay.conftest import Laboratory
from tests.replay.rows import ordinary, rows_of

INFINITE = [[1.0, 2.0, 3.0], [1.0, np.inf, 3.0], [-np.inf, 2.0, 3.0]]


def begun(trails: list[TracedRows]) -> dict[int, tuple[str, str]]:
    """By row: kind and value of the only origin of what was swallowed."""
    found: dict[int, tuple[str, str]] = {}
    for trail in trails:
        (source,) = trail.sources
        assert trail.swallowed_by is not None
        found |= dict.fromkeys(trail.rows, (source["kind"], source["value"]))
    return found


def test_what_saturates_is_followed_to_the_infinity_that_was_sent(laboratory: Laboratory) -> None:
    found = begun(laboratory("netted.keras").trace(rows_of(numbers=INFINITE)))

    assert {row: kind for row, (kind, _) in found.items()} == {1: "input", 2: "input"}


def test_numbers_of_the_authors_choice_were_meant(laboratory: Laboratory) -> None:
    rows = rows_of(numbers=[*INFINITE, [1.0, 2.0, np.nan]])

    assert laboratory("asking.keras").trace(rows) == []


def test_a_number_that_only_overflowed_on_the_way_has_a_limit(laboratory: Laboratory) -> None:
    """tanh(1e300) is 1, whatever float32 makes of 1e300."""
    numbers = np.array(INFINITE)
    sent = np.where(np.isinf(numbers), Sent.OVERFLOW, Sent.VALUE).astype(np.uint8)

    assert laboratory("netted.keras").trace(Tensors.of(Tensor("numbers", numbers, sent))) == []


@pytest.mark.parametrize("name", ["biased", "biased_by_hand"])
def test_what_was_sent_to_bar_positions_was_meant(laboratory: Laboratory, name: str) -> None:
    rows = ordinary("biased", 4)
    rows["bias"][1, 3:] = -np.inf

    assert laboratory(f"{name}.keras").trace(rows_of(**rows)) == []


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_nothing_else_bars_a_position(laboratory: Laboratory, value: float) -> None:
    rows = ordinary("biased", 4)
    rows["bias"][1, 3:] = value

    (trail,) = laboratory("biased.keras").trace(rows_of(**rows))

    assert trail.rows == (1,)


def test_the_lowest_float_of_a_pool_of_nan_is_still_that_nan(laboratory: Laboratory) -> None:
    rows = ordinary("pooling", 4)
    rows["series"][2, 4:6, 0] = np.nan

    assert begun(laboratory("pooling.keras").trace(rows_of(**rows))) == {2: ("input", "NaN")}


def test_a_guard_uncovers_what_fails_behind_it(laboratory: Laboratory) -> None:
    lab, rows = laboratory("entropy.keras"), rows_of(counts=[[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
    guard: dict[str, str] = {}
    found = []
    for _ in range(3):
        for trail in lab.trace(rows, {"guard": guard}):
            guard |= {one["name"]: one["operation"] for one in trail.sources}
            found += [one["operation"] for one in trail.sources]

    assert found == ["RealDiv", "Log"]
    assert lab.experiment(rows, {"guard": guard}).finite.all()
