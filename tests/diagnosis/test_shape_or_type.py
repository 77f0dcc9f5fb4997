"""Rows that the model cannot take."""

import numpy as np

from nantrace.tensors.tensor import Tensor, Tensors
from tests.diagnosis.laboratory import diagnosed, tensors
from tests.diagnosis.network import Input, Network
from tests.diagnosis.networks import inside, linear


def test_wrong_width() -> None:
    (finding,) = diagnosed(linear(3), inside(4, features=5))

    assert (finding.symptom, finding.cause, finding.row_indices) == ("replay_failed", "shape_or_type", [0, 1, 2, 3])
    assert "takes (3,)" in finding.title
    assert not any(remedy.proven for remedy in finding.remedies)


def test_text_in_a_numeric_input() -> None:
    (finding,) = diagnosed(linear(1), Tensors.of(Tensor("inputs", np.array([["tall"], ["small"]]))))

    assert finding.cause == "shape_or_type"
    assert "text" in finding.title


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
