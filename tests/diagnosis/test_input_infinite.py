"""An infinity was sent."""

import numpy as np

from tests.diagnosis.laboratory import diagnosed
from tests.diagnosis.network import Network
from tests.diagnosis.networks import inside, linear, normal


def test_it_works() -> None:
    rows = inside(12)
    rows[[3, 7], 2] = np.inf, -np.inf

    (finding,) = diagnosed(linear(), rows, normal(200))

    assert (finding.symptom, finding.cause, finding.row_indices) == ("nonfinite_output", "input_infinite", [3, 7])
    assert finding.origin is not None
    assert finding.origin.kind == "input"
    assert [(one.index, one.values) for one in finding.features] == [(2, ["Infinity", "-Infinity"])]
    assert [(one.id, one.proven) for one in finding.remedies] == [("replace_infinite", True)]


def test_the_nan_that_an_infinity_becomes_is_the_first_nan_and_not_the_origin() -> None:
    network = Network.of_features(3)
    network.dense("out", network.run("Sub", "inputs", "inputs", layer="change"), np.ones((3, 1)))
    rows = inside(8)
    rows[5, 0] = np.inf

    (finding,) = diagnosed(network, rows, normal(200))

    assert finding.cause == "input_infinite"
    assert finding.origin is not None
    assert finding.first_nan is not None
    assert (finding.origin.kind, finding.origin.value) == ("input", "Infinity")
    assert (finding.first_nan.operation, finding.first_nan.layer) == ("Sub", "change")


def decay() -> Network:
    """exp(-Inf) is 0, in every precision."""
    network = Network.of_features(3)
    network.dense("out", network.run("Exp", "inputs", layer="decay"), np.ones((3, 1)))
    return network


def test_no_limit_excuses_an_infinity_that_was_sent() -> None:
    rows = inside(8)
    rows[5, 0] = -np.inf

    (finding,) = diagnosed(decay(), rows, normal(200))

    assert (finding.symptom, finding.cause, finding.row_indices) == ("absorbed", "input_infinite", [5])
    assert finding.origin is not None
    assert (finding.origin.kind, finding.origin.value) == ("input", "-Infinity")
    assert finding.first_nan is None
    assert [(one.index, one.values) for one in finding.features] == [(0, ["-Infinity"])]
    assert [(one.id, one.proven) for one in finding.remedies] == [("replace_infinite", True)]


def test_an_infinity_that_training_held_as_well_is_no_finding() -> None:
    rows, training = inside(8), normal(200)
    rows[5, 0] = training[7, 0] = -np.inf

    assert diagnosed(decay(), rows, training) == []


def test_what_training_held_excuses_its_own_feature_only() -> None:
    rows, training = inside(8), normal(200)
    rows[5, :2] = training[7, 0] = -np.inf

    (finding,) = diagnosed(decay(), rows, training)

    assert [one.index for one in finding.features] == [1]


def test_a_mask_of_zeros_and_minus_infinity_is_no_finding() -> None:
    """Nobody kept training data; every row has a valid position."""
    rows = np.zeros((6, 3))
    rows[[1, 2, 5], [0, 1, 1]] = -np.inf

    assert diagnosed(decay(), rows) == []


def test_an_infinity_that_arises_inside_may_reach_an_exact_limit() -> None:
    """log(0) is -Inf and exp(-Inf) is 0, in every precision."""
    network = Network.of_features(3)
    logged = network.run("Log", "inputs", layer="log")
    network.dense("out", network.run("Exp", logged, layer="decay"), np.ones((3, 1)))
    rows = np.abs(inside(8))
    rows[5, 0] = 0

    assert diagnosed(network, rows, np.abs(normal(200))) == []


def test_a_value_that_the_model_never_reads_is_no_finding() -> None:
    network = Network.of_features(3)
    network.run("FirstFeature", "inputs")
    rows = inside(8)
    rows[2, 1], rows[3, 2] = np.nan, np.inf

    assert diagnosed(network, rows, normal(200)) == []
