"""Single finite values far outside the reference."""

import numpy as np

from nantrace.tensors.tensor import Sent, Tensor, Tensors
from tests.diagnosis.laboratory import diagnosed
from tests.diagnosis.network import Network
from tests.diagnosis.networks import inside, linear, normal


def test_it_works() -> None:
    network = Network.of_features(3)
    network.run("Exp", network.dense("rate", "inputs", np.full((3, 1), 1.0)), layer="count")
    rows = inside(30)
    rows[11] = 1.4, 1.3, 431.7

    (finding,) = diagnosed(network, rows, normal(300))

    assert (finding.cause, finding.row_indices) == ("input_out_of_distribution", [11])
    assert finding.origin is not None
    assert (finding.origin.operation, finding.origin.layer) == ("Exp", "count")
    (feature,) = finding.features
    assert (feature.index, feature.values, feature.reason.clause) == (2, [431.7], "is outside the training range")
    assert feature.reference is not None
    assert feature.reference.max == normal(300)[:, 2].max()
    assert [(one.id, one.proven) for one in finding.remedies] == [("clip", True)]


def test_a_number_that_the_models_dtype_cannot_hold() -> None:
    """1e300 is finite as sent; float32 makes it an infinity."""
    rows = inside(12)
    rows[4, 0] = 1e300

    (finding,) = diagnosed(linear(), rows, normal(300))

    assert (finding.cause, finding.row_indices) == ("input_out_of_distribution", [4])
    assert [one.index for one in finding.features] == [0]


def test_a_number_that_overflowed_on_the_wire_is_not_called_infinite() -> None:
    values, sent = inside(12), np.zeros((12, 3), np.uint8)
    values[4, 0], sent[4, 0] = np.inf, Sent.OVERFLOW

    (finding,) = diagnosed(linear(), Tensors.of(Tensor("inputs", values, sent)), normal(300))

    assert (finding.cause, finding.row_indices) == ("input_out_of_distribution", [4])


def test_far_values_that_do_no_harm_are_not_blamed() -> None:
    """Both features are far outside; only one makes the row fail."""
    network = Network.of_features(3)
    network.run("Exp", network.run("FirstFeature", "inputs"), layer="count")
    rows = inside(30)
    rows[11] = [431.7, -9e6, 1.4]

    (finding,) = diagnosed(network, rows, normal(300))

    assert [one.index for one in finding.features] == [0]
