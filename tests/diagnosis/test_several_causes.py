"""One batch, several faults."""

import numpy as np

from tests.diagnosis.laboratory import diagnosed
from tests.diagnosis.network import Network
from tests.diagnosis.networks import inside, linear, normal, perceptron


def exponential() -> Network:
    network = Network.of_features(3)
    network.run("Exp", network.dense("rate", "inputs", np.full((3, 1), 1.0)), layer="count")
    return network


def test_rows_with_different_causes_are_different_findings() -> None:
    rows = inside(30)
    rows[1, 0] = np.nan
    rows[2, 1] = np.inf
    rows[3] = 1.4, 1.3, 431.7
    rows[4] = 1.3, 612.4, 9e6

    found = {one.cause: one for one in diagnosed(exponential(), rows, normal(300))}

    assert {cause: one.row_indices for cause, one in found.items()} == {
        "input_missing": [1],
        "input_infinite": [2],
        "input_out_of_distribution": [3, 4],
    }
    assert {cause: {f.index for f in one.features} for cause, one in found.items()} == {
        "input_missing": {0},
        "input_infinite": {1},
        "input_out_of_distribution": {1, 2},  # no scale explains both far values of row 4
    }
    assert all(one.evidence[0].cured == one.rows for one in found.values())


def test_the_model_and_the_rows_are_both_at_fault() -> None:
    """Rows inside the reference overflow an exponential; one row misses a value besides."""
    network = Network.of_features(3)
    network.run("Exp", network.dense("rate", "inputs", np.full((3, 1), 100.0)), layer="count")
    rows = np.abs(inside(10)) + 0.8
    rows[6] = 0.0
    rows[6, 1] = np.nan

    found = {one.cause: one.row_indices for one in diagnosed(network, rows, normal(300))}

    assert found["activation_overflow"] == [0, 1, 2, 3, 4, 5, 7, 8, 9]
    assert found["input_missing"] == [6]


def test_rows_that_fail_beside_one_that_misses_a_value() -> None:
    """A model that centres each batch on its own mean: clipping what is far cures nobody."""
    network = Network.of_features(3)
    network.run("Sub", "inputs", network.run("MeanOfBatch", "inputs", layer="centre"), layer="centre")
    rows = inside(8)
    rows[5, 1], rows[2, 0] = np.nan, 7.0

    (finding,) = diagnosed(network, rows, normal(300))

    assert (finding.cause, finding.row_indices) == ("input_missing", [5, 0, 1, 2, 3, 4, 6, 7])
    assert finding.origin is not None
    assert finding.origin.kind == "input"
    assert [(one.index, one.rows) for one in finding.features] == [(1, 1)]
    assert [(one.test, one.cured) for one in finding.evidence if one.cured] == [("neighbours", 7), ("impute", 1)]
    assert [(one.id, one.proven) for one in finding.remedies] == [("impute", True)]


def test_a_row_that_only_two_changes_together_cure() -> None:
    rows = inside(10)
    rows[6, :2] = np.nan, np.inf

    (finding,) = diagnosed(linear(), rows, normal(300))

    assert finding.cause == "input_missing"
    assert finding.row_indices == [6]
    assert [(one.index, one.reason.clause) for one in finding.features] == [(0, "is missing"), (1, "is infinite")]
    assert finding.title.endswith("because inputs[0] is missing, and inputs[1] is infinite.")
    assert [(one.id, one.proven) for one in finding.remedies] == [("impute", True), ("replace_infinite", True)]


def test_the_advice_for_rows_of_one_cause_cures_each_of_them() -> None:
    """One row takes one change and another row two: the advice names both changes."""
    rows = inside(10)
    rows[2, 0] = rows[6, 0] = np.nan
    rows[6, 1] = np.inf

    (finding,) = diagnosed(linear(), rows, normal(300))

    assert (finding.cause, finding.row_indices) == ("input_missing", [2, 6])
    assert [(one.id, one.proven) for one in finding.remedies] == [("impute", True), ("replace_infinite", True)]


def test_raw_rows_that_miss_a_value_need_both_changes_and_no_third() -> None:
    """Pixels, units and clipping were tried as well; what these rows need is told, and which feature needs what."""
    scaler = {"kind": "standard", "mean": [200, 500, 300], "scale": [20, 50, 25]}
    rows = inside(12) * scaler["scale"] + scaler["mean"]
    rows[:, 0] = np.nan

    (finding,) = diagnosed(exponential(), rows, normal(300), metadata={"preprocessing": {"scaler": scaler}})

    assert (finding.cause, finding.rows) == ("input_missing", 12)
    assert {one.index: one.reason.clause for one in finding.features} == {
        0: "is missing",
        1: "is on another scale",
        2: "is on another scale",
    }
    assert [one.id for one in finding.remedies] == ["impute", "rescale"]
    cured = [(one.test, one.note) for one in finding.evidence if one.cured]
    note = "missing cells became the reference's mean; standard: the rows were not standardised"
    assert cured == [("impute", note), ("rescale", note)]


def test_a_value_that_changes_the_answer_does_not_incriminate_one_that_was_rightly_dropped() -> None:
    """The maximum never depended on the missing value; an outlier beside it changes every answer, lost NaN or not."""
    network = Network.of_features(3)
    network.run("Max", "inputs", layer="peak")
    rows = np.tile([0.9, 0.1, 0.2], (10, 1))
    rows[4] = 700.0, np.nan, 0.2

    assert diagnosed(network, rows, normal(300)) == []


def test_hidden_and_visible_rows_are_apart() -> None:
    """The relu hides a NaN; what serving answered for another row was NaN."""
    rows, served = inside(6), np.zeros((6, 1))
    rows[[1, 4], 0] = np.nan
    served[4] = np.nan

    found = {one.symptom: one for one in diagnosed(perceptron(), rows, normal(300), served=served)}

    assert {symptom: one.row_indices for symptom, one in found.items()} == {"absorbed": [1], "nonfinite_output": [4]}
    assert {one.cause for one in found.values()} == {"input_missing"}
