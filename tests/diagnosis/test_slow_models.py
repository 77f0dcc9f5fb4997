"""A slow model is healthy: parts fit what its rows cost, and no row is blamed for time."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nantrace.diagnosis.case import Json, TracedRows
from nantrace.diagnosis.diagnose import diagnose
from nantrace.laboratory.parts import Pace, ask_in_parts
from nantrace.replay.replay_errors import ChildDiedError, ReplayTimeoutError
from nantrace.tensors.tensor import Tensor, Tensors
from tests.diagnosis.laboratory import NumpyLaboratory, make_case
from tests.diagnosis.networks import inside, normal, perceptron

USUAL = 30.0


class Model:
    """Takes `cost` seconds a row, says so, and is stopped where that is beyond the limit."""

    def __init__(self, cost: float, hangs: frozenset[int] = frozenset(), dies: frozenset[int] = frozenset()) -> None:
        self.cost, self.hangs, self.dies = cost, hangs, dies
        self.parts: list[int] = []

    def ask(self, rows: Tensors, limit: float) -> tuple[dict[str, Any], Tensors]:
        asked = {int(row) for row in rows.by_name["x"].values[:, 0]}
        seconds = self.cost * rows.rows
        if asked & self.dies:
            raise ChildDiedError("the process died")
        if asked & self.hangs or seconds > limit:
            raise ReplayTimeoutError(f"no answer within {limit:.0f} s")
        self.parts.append(rows.rows)
        return {"seconds": seconds}, rows


def batch(rows: int, cells: int = 4) -> Tensors:
    return Tensors.of(Tensor("x", np.repeat(np.arange(rows, dtype=np.float64)[:, None], cells, axis=1)))


@given(rows=st.integers(1, 300), cost=st.floats(0, 110), guess=st.none() | st.floats(0, 200))
def test_all_rows_of_a_slow_model_are_answered_in_their_order(rows: int, cost: float, guess: float | None) -> None:
    asked = ask_in_parts(batch(rows), Pace(guess), Model(cost).ask, USUAL)

    assert not asked.unanswered
    assert sorted(int(row) for index, _ in asked.answers for row in index) == list(range(rows))
    for index, (_, answer) in asked.answers:
        assert answer.by_name["x"].values[:, 0].tolist() == index.tolist()


@given(rows=st.integers(2, 300), cost=st.floats(0, 1.4), bad=st.integers(0, 299), dies=st.booleans())
def test_one_row_that_hangs_or_kills_ends_up_alone(rows: int, cost: float, bad: int, dies: bool) -> None:
    place = frozenset({bad % rows})
    model = Model(cost, dies=place) if dies else Model(cost, hangs=place)

    asked = ask_in_parts(batch(rows), Pace(), model.ask, USUAL)

    assert [index.tolist() for index, _ in asked.unanswered] == [[bad % rows]]
    assert sum(len(index) for index, _ in asked.answers) == rows - 1


def test_a_model_that_never_answers_is_given_up() -> None:
    asked = ask_in_parts(batch(64), Pace(), Model(1e9).ask, USUAL, failures=3)

    assert not asked.answers
    assert len(asked.failures) == 4
    assert sum(len(index) for index, _ in asked.unanswered) == 64


def test_a_part_takes_a_few_seconds_once_the_cost_is_known() -> None:
    fast, slow = Model(0.01), Model(0.5)
    for model in (fast, slow):
        ask_in_parts(batch(200, cells=10_000), Pace(), model.ask, USUAL)

    assert fast.parts == [100, 100]  # what nobody knows anything of, and all the rest
    assert slow.parts[-1] < 40 == slow.parts[-2]


def test_a_small_batch_stays_whole_although_its_first_answer_was_slow() -> None:
    """A model may compute over the whole of a batch, and the first answer pays for what is done once."""
    pace, model = Pace(), Model(0.3)
    for _ in range(3):
        ask_in_parts(batch(16), pace, model.ask, USUAL)

    assert model.parts == [16, 16, 16]


def test_a_batch_is_filled_up_to_few_sizes_where_each_is_a_compilation() -> None:
    model = Model(1.0)
    ask_in_parts(batch(30), Pace(0.5, sizes=(1, 8, 64)), model.ask, USUAL)

    assert model.parts == [8, 8, 8, 6]


class Untraceable(NumpyLaboratory):
    """Its replay op by op is never finished."""

    def trace(self, rows: Tensors, change: Json | None = None) -> list[TracedRows]:  # noqa: ARG002
        return [TracedRows(tuple(range(rows.rows)), (), None, unfinished="the model did not answer within 600 s")]


def test_rows_that_cannot_be_traced_are_reported_without_an_origin() -> None:
    network = perceptron()
    network.weights["out/kernel"] = np.full((10, 1), np.nan, np.float32)
    lab = Untraceable(network)

    (finding,) = diagnose(make_case(lab, inside(6), normal(100)), lab)

    assert finding.row_indices == list(range(6))
    assert (finding.symptom, finding.origin, finding.first_nan) == ("nonfinite_output", None, None)
    assert "not found in time" in finding.title
    (said,) = [one for one in finding.evidence if one.test == "trace"]
    assert "did not answer within 600 s" in said.note
    assert (said.rows, said.cured) == (6, 0)
    assert not any(one.proven for one in finding.remedies)
