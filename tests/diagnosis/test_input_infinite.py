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


def test_an_infinity_that_reaches_an_exact_limit_is_no_finding() -> None:
    """exp(-Inf) is 0, in every precision."""
    network = Network.of_features(3)
    network.dense("out", network.run("Exp", "inputs", layer="decay"), np.ones((3, 1)))
    rows = inside(8)
    rows[5, 0] = -np.inf

    assert diagnosed(network, rows, normal(200)) == []


def test_a_value_that_the_model_never_reads_is_no_finding() -> None:
    network = Network.of_features(3)
    network.run("FirstFeature", "inputs")
    rows = inside(8)
    rows[2, 1], rows[3, 2] = np.nan, np.inf

    assert diagnosed(network, rows, normal(200)) == []
