"""Rows that the model cannot take."""

from typing import Any

import numpy as np
import pytest

from nantrace.diagnosis.finding import Finding, Grade
from nantrace.tensors.tensor import Tensor, Tensors
from tests.diagnosis.contradictions import contradictions
from tests.diagnosis.laboratory import diagnosed, tensors
from tests.diagnosis.network import Input, Network
from tests.diagnosis.networks import inside, linear, normal


def test_wrong_width() -> None:
    (finding,) = diagnosed(linear(3), inside(4, features=5))

    assert (finding.symptom, finding.cause, finding.row_indices) == ("replay_failed", "shape_or_type", [0, 1, 2, 3])
    assert "takes (3,)" in finding.title
    assert not any(remedy.proven for remedy in finding.remedies)


def test_text_in_a_numeric_input() -> None:
    (finding,) = diagnosed(linear(1), Tensors.of(Tensor("inputs", np.array([["tall"], ["small"]]))))

    assert finding.cause == "shape_or_type"
    assert "text" in finding.title


def test_text_among_numbers_is_named_by_its_column() -> None:
    """All cells came as text, because one is; what they hold otherwise are numbers."""
    rows = inside(5, features=3).astype("U20")
    rows[3, 1] = "?"

    found = diagnosed(linear(3), Tensors.of(Tensor("inputs", rows)), normal(50), metadata={"features": ["a", "b", "c"]})

    (feature,) = found[0].features
    assert (found[0].row_indices, feature.name, feature.values) == ([3], "b", ["?"])
    with pytest.raises(ValueError, match="could not convert"):
        exec(found[0].remedies[0].code, {"rows": rows})  # noqa: S102
    exec(found[0].remedies[0].code, {"rows": np.delete(rows, 3, axis=0)})  # noqa: S102


def test_one_refused_row_leaves_the_others() -> None:
    """Row 1 is refused, row 3 fails for a reason of its own, the others are fine."""
    network = Network([Input("tokens", (2,), "i", vocabulary=5), Input("inputs", (2,))])
    found = network.run("GatherV2", "tokens", network.weight("embedding/embeddings", np.ones(5)), layer="embedding")
    network.dense("out", network.run("AddV2", found, "inputs"), np.ones((2, 1)))
    numbers, tokens = inside(5, features=2), np.array([[1, 2], [3, 99], [1, 1], [2, 2], [4, 4]])
    numbers[3, 0] = np.nan

    refused, missing = diagnosed(network, tensors(tokens=tokens, inputs=numbers))

    assert (refused.cause, refused.row_indices) == ("shape_or_type", [1])
    assert (missing.cause, missing.row_indices) == ("input_missing", [3])


VOCABULARY = 5
GOOD = [[1, 2], [0, 4], [3, 3]]


def embedding() -> Network:
    network = Network([Input("tokens", (2,), "i", vocabulary=VOCABULARY), Input("inputs", (2,))])
    found = network.run("GatherV2", "tokens", network.weight("embedding/embeddings", np.ones(5)), layer="embedding")
    network.dense("out", network.run("AddV2", found, "inputs"), np.ones((2, 1)))
    return network


def refusals(tokens: Any, healthy: Any = GOOD) -> list[Finding]:
    """The findings about rows of tokens, of which the last ones are healthy."""
    rows = np.array([*tokens, *healthy])
    return diagnosed(
        embedding(),
        tensors(tokens=rows, inputs=inside(len(rows), features=2)),
        tensors(tokens=np.array(GOOD * 5), inputs=inside(15, features=2)),
    )


def check(finding: Finding, tokens: Any) -> None:
    """Pastes what is advised."""
    (remedy,) = finding.remedies
    exec(remedy.code, {"inputs": {"tokens": np.array(tokens)}})  # noqa: S102 - code that we show is run


@pytest.mark.parametrize("bad", [5, 6, 99, 10**6, -1, -70])
@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("healthy", [GOOD, []])
def test_the_cell_that_makes_the_model_raise_is_named(bad: int, place: int, healthy: Any) -> None:
    row = [2, 2]
    row[place] = bad

    (finding,) = refusals([row], healthy)

    (feature,) = finding.features
    assert (feature.name, feature.values, feature.positions) == ("tokens", [bad], [place, place])
    assert (finding.proof.grade, finding.row_indices) == (Grade.PROVEN, [0])
    check(finding, GOOD)
    with pytest.raises(AssertionError, match="larger" if bad > 0 else "smaller"):
        check(finding, [row])


def test_several_cells_of_a_row_are_named_together() -> None:
    (finding,) = refusals([[9, -3]])

    assert finding.features[0].values == [9, -3]
    assert finding.features[0].positions == [0, 1]


def test_the_words_of_a_refusal_say_what_was_sent() -> None:
    (finding,) = refusals([[99, 1]])

    assert finding.title == (
        "The model refuses rows because tokens holds a value that the model does not take: an index is out of range."
    )
    assert finding.origin is not None
    assert (finding.origin.kind, finding.origin.name) == ("input", "tokens")


def test_a_missing_identifier_is_where_nan_arises() -> None:
    (finding,) = refusals([[np.nan, 1.0]])

    assert [(one.values, one.reason.clause) for one in finding.features] == [(["NaN"], "is missing")]
    assert finding.first_nan == finding.origin
    assert contradictions(finding.report()) == []
