"""Rows that the model cannot take stand alone; the others are answered."""

import numpy as np
import pytest

from nantrace.replay.replay_errors import CannotSetUpError
from nantrace.tensors.tensor import Sent, Tensor, Tensors
from tests.replay.conftest import Laboratory
from tests.replay.rows import ordinary, rows_of

VARIANTS = ["default", "unfused", "interpreted"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_an_index_out_of_range(laboratory: Laboratory, variant: str) -> None:
    rows = ordinary("two_inputs", 30)
    rows["tokens"][[4, 17], 2] = 10, 99

    outcome = laboratory("two_inputs.keras").replay(rows_of(**rows), variant)

    assert sorted(outcome.refused) == [4, 17]
    assert outcome.finite.tolist() == [row not in (4, 17) for row in range(30)]
    assert outcome.refused[17] == "indices[0,2] = 99 is not in [0, 10)"
    (answers,) = outcome.outputs.values()
    assert np.isnan(answers[[4, 17]]).all()
    assert np.isfinite(np.delete(answers, [4, 17], axis=0)).all()


def test_answers_stand_at_their_rows(laboratory: Laboratory) -> None:
    """What is answered beside a refused row is what is answered without it."""
    lab, rows = laboratory("two_inputs.keras"), ordinary("two_inputs", 12)
    (whole,) = lab.replay(rows_of(**rows), "unfused").outputs.values()
    rows["tokens"][3] = 99

    (rest,) = lab.replay(rows_of(**rows), "unfused").outputs.values()

    assert np.allclose(np.delete(rest, 3, axis=0), np.delete(whole, 3, axis=0), rtol=1e-5)


@pytest.mark.parametrize("variant", VARIANTS)
def test_wrong_width(laboratory: Laboratory, variant: str) -> None:
    outcome = laboratory("mlp.keras").replay(rows_of(features=np.ones((3, 5))), variant)

    assert sorted(outcome.refused) == [0, 1, 2]
    assert "(any, 3)" in outcome.refused[0]
    assert "(3, 5)" in outcome.refused[0]


def test_an_input_that_is_not_there(laboratory: Laboratory) -> None:
    """The model was asked with something: whatever that was, it was not these rows as they are."""
    with pytest.raises(CannotSetUpError, match="'tokens'"):
        laboratory("two_inputs.keras").replay(rows_of(numbers=np.ones((2, 3))), "default")


def test_text_in_a_numeric_input(laboratory: Laboratory) -> None:
    """Numbers beside the text arrived as text; they are numbers still."""
    texts = np.array([["1", "2", "3"], ["1", "tall", "3"], ["nan", "2", "3"]])

    outcome = laboratory("mlp.keras").replay(Tensors.of(Tensor("features", texts)), "unfused")

    assert sorted(outcome.refused) == [1]
    assert outcome.refused[1] == "the numeric input 'features' holds text"
    assert outcome.finite.tolist() == [True, False, False]


@pytest.mark.parametrize("value", [np.nan, np.inf, 3e9])
def test_what_no_integer_can_be(laboratory: Laboratory, value: float) -> None:
    rows = ordinary("two_inputs", 3)
    tokens = rows["tokens"].astype(np.float64)
    tokens[1, 0] = value

    outcome = laboratory("two_inputs.keras").replay(rows_of(tokens=tokens, numbers=rows["numbers"]), "unfused")

    assert sorted(outcome.refused) == [1]


def test_a_missing_integer(laboratory: Laboratory) -> None:
    rows, sent = ordinary("transformer", 3)["tokens"], np.zeros((3, 7), np.uint8)
    sent[2, 4] = Sent.MISSING

    outcome = laboratory("transformer.keras").replay(Tensors.of(Tensor("tokens", rows, sent)), "unfused")

    assert sorted(outcome.refused) == [2]


def test_text_for_a_text_input(laboratory: Laboratory) -> None:
    outcome = laboratory("text.keras").replay(rows_of(city=np.array([["Bern"], ["nowhere"], [""]])), "default")

    assert not outcome.refused
    assert outcome.finite.all()


def test_a_column_of_scalars_for_a_width_of_one(laboratory: Laboratory) -> None:
    assert not laboratory("text.keras").replay(rows_of(city=np.array(["Bern", "Oslo"])), "default").refused
