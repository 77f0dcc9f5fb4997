"""A value is missing."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nantrace.diagnosis.cells import missing
from nantrace.tensors.tensor import Sent, Tensor, Tensors
from tests.diagnosis.laboratory import diagnosed, tensors
from tests.diagnosis.network import Input, Network
from tests.diagnosis.networks import inside, linear, normal, perceptron


def test_the_tutorial() -> None:
    """Two rows with NaN are answered with a finite number by the fused network: wrong, and it says so."""
    rows = np.array([[1, 2, np.nan], [3, 4, 5], [6, np.nan, 8]])

    (finding,) = diagnosed(perceptron(), rows)

    assert (finding.symptom, finding.cause, finding.row_indices) == ("absorbed", "input_missing", [0, 2])
    assert finding.origin is not None
    assert (finding.origin.kind, finding.origin.name, finding.origin.value) == ("input", "inputs", "NaN")
    assert {feature.index: feature.rows for feature in finding.features} == {2: 1, 1: 1}
    assert finding.reproduced_in == ["unfused", "eager", "xla", "float64"]


def test_the_tutorial_served_without_onednn() -> None:
    """Nothing else fuses NaN away: there the rows were answered with NaN."""
    rows = np.array([[1, 2, np.nan], [3, 4, 5], [6, np.nan, 8]])

    (finding,) = diagnosed(perceptron(), rows, environment={"onednn": False})

    assert (finding.symptom, finding.cause, finding.row_indices) == ("nonfinite_output", "input_missing", [0, 2])


def test_a_nan_that_comes_out() -> None:
    rows = inside(20)
    rows[4, 1] = np.nan

    (finding,) = diagnosed(linear(), rows, normal(200), metadata={"features": ["age", "income", "tenure"]})

    assert (finding.symptom, finding.cause) == ("nonfinite_output", "input_missing")
    assert [(one.name, one.index, one.reason.clause, one.values) for one in finding.features] == [
        ("income", 1, "is missing", ["NaN"])
    ]
    assert finding.remedies[0].id == "impute"
    assert finding.remedies[0].proven
    assert "reproduced" not in finding.title
    assert "default" in finding.reproduced_in


def test_null_is_told_from_nan() -> None:
    values, sent = inside(5), np.zeros((5, 3), np.uint8)
    values[2, 0], sent[2, 0] = np.nan, Sent.MISSING

    (finding,) = diagnosed(linear(), Tensors.of(Tensor("inputs", values, sent)))

    assert (finding.cause, finding.row_indices) == ("input_missing", [2])
    assert finding.features[0].values == ["missing"]


@pytest.mark.parametrize("reference", [normal(200), None], ids=["with a reference", "without"])
def test_healthy_rows_are_no_finding(reference: NDArray[Any] | None) -> None:
    assert diagnosed(perceptron(), inside(30), reference) == []


def test_a_text_that_says_so_is_missing_and_an_empty_one_is_not() -> None:
    """An empty text is a sequence without words; what was not sent at all is missing."""
    sent = np.array([Sent.VALUE] * 4 + [Sent.MISSING], np.uint8)

    assert missing(Tensor("t", np.array(["", "nan", "N/A", "!!", ""]), sent)).tolist() == [
        False,
        True,
        True,
        False,
        True,
    ]


def test_a_value_that_is_missing_inside_a_message() -> None:
    """Only the model reads the messages, so that no cell of the rows can be filled; still the value was not sent."""
    network = Network([Input("messages", (3,), "i")])
    network.dense("out", network.run("ParseExampleV2", "messages"), np.ones((3, 1)))
    rows = np.array([[1, 2, 3], [4, 9, 5], [2, 1, 6]])

    (finding,) = diagnosed(network, tensors(messages=rows))

    assert (finding.cause, finding.row_indices) == ("input_missing", [1])
    assert finding.origin is not None
    assert finding.origin.operation == "ParseExampleV2"
    assert [(one.id, one.proven) for one in finding.remedies] == [("impute", False)]


def test_a_missing_flag_becomes_one_that_training_holds() -> None:
    """The mean of flags is none of them: a threshold may answer otherwise than for both."""
    training, rows = normal(200), inside(9)
    training[:, 1], rows[:, 1] = np.arange(200) % 3 == 0, 0
    rows[4, 1] = np.nan

    (finding,) = diagnosed(linear(), rows, training)

    filled = pasted(finding.remedies[0].code, rows, training)
    assert filled[4, 1] == 0
    assert np.isfinite(filled).all()


def pasted(code: str, rows: Any, training: Any) -> Any:
    names = {"rows": rows.copy(), "training_rows": training}
    exec(code, names)  # noqa: S102 - code that we show is run
    return names["rows"]
