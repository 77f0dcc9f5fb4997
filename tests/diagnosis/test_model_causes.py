"""Faults of the model itself, on rows that are like those of training."""

from typing import Any

import numpy as np
import pytest

from tests.diagnosis.laboratory import diagnosed
from tests.diagnosis.network import Network
from tests.diagnosis.networks import inside, mixing, normal, perceptron


def test_weights_that_are_nan() -> None:
    network = perceptron()
    network.weights["out/kernel"] = np.full((10, 1), np.nan, np.float32)

    (finding,) = diagnosed(network, inside(6), normal(100))

    assert (finding.symptom, finding.cause) == ("nonfinite_output", "weights_nonfinite")
    assert finding.row_indices == list(range(6))
    assert finding.origin is not None
    assert (finding.origin.kind, finding.origin.name, finding.origin.layer) == ("weight", "out/kernel", "out")
    assert [(one.id, one.proven) for one in finding.remedies] == [("repair_weights", True), ("retrain", False)]
    assert finding.features == []


def test_weights_that_the_fused_relu_hides() -> None:
    network = perceptron()
    network.weights["hidden/bias"][3] = np.nan

    (finding,) = diagnosed(network, inside(6), normal(100))

    assert (finding.symptom, finding.cause) == ("absorbed", "weights_nonfinite")


def test_a_constant_that_is_nan() -> None:
    network = Network.of_features(3)
    shift = network.constant("model/Const", [np.nan, 0, 0])
    network.dense("out", network.run("AddV2", "inputs", shift), np.ones((3, 1)))

    (finding,) = diagnosed(network, inside(6), normal(100))

    assert finding.cause == "weights_nonfinite"
    assert finding.origin is not None
    assert (finding.origin.kind, finding.origin.name) == ("constant", "model/Const")


def normalised(variance: list[float], epsilon: float) -> Network:
    network = Network.of_features(3)
    stored = network.weight("norm/moving_variance", variance)
    safe = network.run("AddV2", stored, network.constant("norm/epsilon", epsilon), layer="norm")
    root = network.run("Rsqrt", safe, layer="norm", normalises=True)
    network.dense("out", network.run("Mul", "inputs", root, layer="norm"), np.ones((3, 1)))
    return network


def test_a_variance_that_is_negative() -> None:
    (finding,) = diagnosed(normalised([1, -0.5, 1], 1e-3), inside(6), normal(100))

    assert (finding.cause, finding.rows) == ("normalization_state", 6)
    assert finding.origin is not None
    assert (finding.origin.operation, finding.origin.layer) == ("Rsqrt", "norm")
    assert [(one.id, one.proven) for one in finding.remedies] == [("repair_statistics", True), ("retrain", False)]


def test_no_epsilon() -> None:
    """The statistic is what it is (a constant row has none): only an epsilon helps."""
    network = Network.of_features(3)
    spread = network.run("Sqrt", network.run("Square", "inputs", layer="norm"), layer="norm")
    divided = network.run("RealDiv", "inputs", spread, layer="norm", normalises=True)
    network.dense("out", divided, np.ones((3, 1)))
    rows, reference = inside(6), normal(100)
    rows[2, 1], reference[0] = 0, 0

    (finding,) = diagnosed(network, rows, reference)

    assert (finding.cause, finding.row_indices) == ("normalization_state", [2])
    assert [(one.id, one.proven) for one in finding.remedies] == [("guard_operation", False)], "no code"
    assert [one.test for one in finding.evidence] == ["guard_operation"], "there was no statistic to repair"


def test_two_operations_of_a_layer_leave_their_domain_together() -> None:
    network = Network.of_features(1)
    logarithms = [network.run("Log", "inputs", layer="entropy") for _ in range(2)]
    network.run("AddV2", *logarithms, layer="total")

    (finding,) = diagnosed(network, np.array([[0.5], [0.0]]), np.linspace(0, 1, 50)[:, None])

    assert (finding.cause, finding.row_indices) == ("undefined_operation", [1])
    assert finding.remedies[0].proven


def test_an_operation_that_fails_behind_another_one() -> None:
    """0 / 0 of what was counted, and behind it the logarithm of that share, which a guard makes 0."""
    network = Network.of_features(3)
    share = network.run("RealDiv", "inputs", network.run("Sum", "inputs", layer="share"), layer="share")
    network.run("Sum", network.run("Log", share, layer="entropy"), layer="entropy")
    rows, training = np.abs(inside(6)) + 1, np.abs(normal(100)) + 1
    rows[2] = training[3] = 0

    (finding,) = diagnosed(network, rows, training)

    assert (finding.cause, finding.row_indices) == ("undefined_operation", [2])
    assert finding.origin is not None
    assert (finding.origin.operation, finding.origin.layer) == ("RealDiv", "share")
    assert "RealDiv in share and Log in entropy are undefined" in finding.title
    assert [(one.id, one.proven) for one in finding.remedies] == [("guard_operation", True)]
    code = finding.remedies[0].code
    assert code.index("# RealDiv in share") < code.index("# Log in entropy")
    assert [(one.test, one.cured) for one in finding.evidence] == [("guard_operation", 1)]


def test_one_huge_number_is_no_fault_of_the_weights() -> None:
    """Nobody kept training data; the weights are ordinary."""
    network = Network.of_features(3)
    network.dense("out", "inputs", np.full((3, 1), 2.0))
    rows = inside(6)
    rows[4, 1] = 3e38

    (finding,) = diagnosed(network, rows)

    assert (finding.cause, finding.row_indices) == ("weights_extreme", [4])
    assert "numbers as large as 3e+38 were sent" in finding.title
    assert "weights" not in finding.title
    assert "retrain" not in [one.id for one in finding.remedies]


def test_weights_that_are_extreme() -> None:
    network = Network.of_features(3)
    hidden = network.dense("hidden", "inputs", mixing(3, 4) * 1e25)
    network.dense("out", hidden, mixing(4, 1) * 1e25)

    (finding,) = diagnosed(network, inside(6), normal(100))

    assert finding.cause == "weights_extreme"
    assert finding.origin is not None
    assert (finding.origin.operation, finding.origin.layer) == ("MatMul", "out")
    assert finding.proof.grade == "proven"
    assert [one.proven for one in finding.remedies] == [False, False], "no code computes a graph in float64"
    tests = {one.test: one.cured for one in finding.evidence}
    assert tests["float64"] == tests["rescale_weights"] == finding.rows


@pytest.mark.parametrize(("second", "symptoms"), [([1e25, -2e25], []), ([2e25, -1e25], ["absorbed"])])
def test_served_as_float64_answers_is_not_wrong(second: list[float], symptoms: list[str]) -> None:
    """Infinity minus infinity, which the fused relu makes 0: right where the difference is negative."""
    network = Network.of_features(2)
    hidden = network.dense("hidden", "inputs", np.eye(2) * 1e25)
    network.dense("out", hidden, np.array(second)[:, None], "Relu")
    rows = np.ones((3, 2))

    assert [one.symptom for one in diagnosed(network, rows, np.vstack([rows, -rows]))] == symptoms


def test_an_activation_that_overflows() -> None:
    """A softmax by hand: exp(large) / sum(exp(large))."""
    network = Network.of_features(3)
    logits = network.dense("logits", "inputs", np.eye(3) * 100)
    powers = network.run("Exp", logits, layer="softmax")
    network.run("RealDiv", powers, network.run("Sum", powers, layer="softmax"), layer="softmax")

    (finding,) = diagnosed(network, inside(8), normal(100))

    assert finding.cause == "activation_overflow"
    assert finding.origin is not None
    assert (finding.origin.operation, finding.origin.value) == ("Exp", "Infinity")
    assert finding.first_nan is not None
    assert finding.first_nan.operation == "RealDiv"
    assert [(one.id, one.proven) for one in finding.remedies] == [("stable_activation", True)]


@pytest.mark.parametrize(
    ("operation", "value"), [("Log", 0.0), ("Log", -1.0), ("Sqrt", -1.0), ("Acos", 1.2), ("Rsqrt", 0.0)]
)
def test_an_operation_outside_its_domain(operation: str, value: float) -> None:
    network = Network.of_features(3)
    network.run("Sum", network.run(operation, "inputs", layer="feature"), layer="total")
    reference: Any = np.random.default_rng(7).uniform(-1.5, 1.5, (200, 3))
    rows = np.random.default_rng(8).uniform(0.2, 0.8, (9, 3))
    rows[5, 1] = value

    (finding,) = diagnosed(network, rows, reference)

    assert (finding.cause, finding.row_indices) == ("undefined_operation", [5])
    assert finding.origin is not None
    assert (finding.origin.operation, finding.origin.layer) == (operation, "feature")
    assert [(one.id, one.proven) for one in finding.remedies] == [("guard_operation", True)]


@pytest.mark.parametrize(("base", "cause"), [(-1.0, "undefined_operation"), (30.0, "activation_overflow")])
def test_a_power_is_undefined_or_too_large(base: float, cause: str) -> None:
    network = Network.of_features(1)
    power = network.constant("model/exponent", 30.5)
    network.run("Pow", "inputs", power, layer="growth")
    rows = np.array([[1.0], [base], [2.0]])

    (finding,) = diagnosed(network, rows, np.linspace(-2, 40, 100)[:, None])

    assert (finding.cause, finding.row_indices) == (cause, [1])
