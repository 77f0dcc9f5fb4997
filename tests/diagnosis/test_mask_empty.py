"""Sequences without a valid position."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nantrace.diagnosis.case import Case
from nantrace.diagnosis.empty_sequences import valid_position
from tests.diagnosis.laboratory import NumpyLaboratory, diagnosed, make_case, tensors
from tests.diagnosis.network import Input, Network


def mean_of_tokens() -> Network:
    """Averages the embeddings of the tokens that are not padding: 0 / 0 where there is none."""
    network = Network([Input("tokens", (6,), "i", vocabulary=20)])
    table = network.weight("embedding/embeddings", np.linspace(-1, 1, 20))
    found = network.run("GatherV2", "tokens", table, layer="embedding")
    mask = network.run("NotPadding", "tokens", layer="mask")
    total = network.run("Sum", network.run("Mul", found, mask, layer="pooling"), layer="pooling")
    network.run("RealDiv", total, network.run("Sum", mask, layer="pooling"), layer="pooling")
    return network


def tokens(rows: int) -> NDArray[Any]:
    found = np.random.default_rng(4).integers(1, 20, (rows, 6))
    found[:, 4:] = 0
    return found


def test_it_works() -> None:
    rows = tokens(15)
    rows[[2, 9]] = 0

    (finding,) = diagnosed(mean_of_tokens(), tensors(tokens=rows), tensors(tokens=tokens(200)))

    assert (finding.symptom, finding.cause, finding.row_indices) == ("nonfinite_output", "mask_empty", [2, 9])
    assert finding.origin is not None
    assert (finding.origin.operation, finding.origin.layer) == ("RealDiv", "pooling")
    assert [(one.id, one.proven) for one in finding.remedies] == [("valid_position", True)]


def test_it_needs_no_reference() -> None:
    rows = tokens(15)
    rows[0] = 0

    (finding,) = diagnosed(mean_of_tokens(), tensors(tokens=rows))

    assert finding.cause == "mask_empty"


def test_padding_that_training_never_showed_is_no_missing_word() -> None:
    """A reference of full messages: 0 is outside its range, keeps coming, and means that there is no word."""
    rows, full = tokens(15), np.random.default_rng(5).integers(1, 20, (200, 6))
    rows[[2, 7, 9, 11]] = 0

    (finding,) = diagnosed(mean_of_tokens(), tensors(tokens=rows), tensors(tokens=full))

    assert (finding.cause, finding.row_indices) == ("mask_empty", [2, 7, 9, 11])
    pasted = {"tokens": rows.copy()}
    exec(finding.remedies[0].code, pasted)  # noqa: S102
    changed = pasted["tokens"] != rows
    assert changed.sum() == 4, "one word in each empty message, none in the padding of others"
    assert changed[[2, 7, 9, 11], 0].all()
    assert diagnosed(mean_of_tokens(), tensors(tokens=pasted["tokens"])) == []


def test_padding_is_no_fault() -> None:
    assert diagnosed(mean_of_tokens(), tensors(tokens=tokens(15))) == []


def test_one_position_is_made_valid_and_the_others_stay_padding() -> None:
    rows = tensors(tokens=np.array([[0, 0, 0, 0, 0, 0], [3, 0, 0, 0, 0, 0]]))
    case = make_case(NumpyLaboratory(mean_of_tokens()), rows)

    changed = valid_position(case, rows, rows.take(np.array([1]))).apply(rows)

    assert changed.by_name["tokens"].values.tolist() == [[3, 0, 0, 0, 0, 0], [3, 0, 0, 0, 0, 0]]


def nearest_neighbours() -> Network:
    """Weighs neighbours closer than 1; the mask is the model's own, so no edit of a row's positions empties it."""
    network = Network.of_features(3)
    barred = network.run("BarBeyondOne", "inputs", network.constant("near/Const", -np.inf), layer="near")
    network.run("Mul", network.run("Softmax", barred, layer="weights"), "inputs", layer="weights")
    return network


def test_a_mask_inside_the_model_that_leaves_nothing() -> None:
    rows = np.random.default_rng(3).uniform(0.1, 3, (12, 3))
    rows[:, 0] = 0.5
    rows[[4, 7]] = 2.0, 1.5, 2.5
    reference = np.random.default_rng(2).uniform(0, 3, (100, 3))

    (finding,) = diagnosed(nearest_neighbours(), rows, reference)

    assert (finding.cause, finding.row_indices) == ("mask_empty", [4, 7])
    assert finding.origin is not None
    assert (finding.origin.operation, finding.origin.layer) == ("Softmax", "weights")
    assert [(one.test, one.cured) for one in finding.evidence if one.cured] == [("guard_operation", 2)]


@pytest.mark.parametrize("stuck_at", [0.5, 20.0])
def test_a_stuck_sensor_is_no_padding(stuck_at: float) -> None:
    """A series divided by its own spread: any row that does not vary is 0 / 0, whatever its value.

    The mean of six 20.001 is 20.001 only where nothing is rounded.
    """
    network = Network([Input("series", (6, 1))])
    spread = network.run("SpreadOfPositions", "series", layer="scale")
    network.run("RealDiv", network.run("SumOfPositions", "series", layer="scale"), spread, layer="scale")
    rng = np.random.default_rng(5)
    rows, reference = rng.uniform(-1, 0, (8, 6, 1)) + stuck_at, rng.uniform(-2, 1, (100, 6, 1)) + stuck_at
    rows[3] = stuck_at

    (finding,) = diagnosed(network, tensors(series=rows), tensors(series=reference))

    assert (finding.cause, finding.row_indices) == ("undefined_operation", [3])
    assert [(one.test, one.cured) for one in finding.evidence] == [("guard_operation", 1), ("valid_position", 0)]


def test_counts_that_are_all_0_are_no_sequence() -> None:
    """Zeros stand anywhere among the counts of the rows that pass, padding stands at one end."""
    network = Network([Input("counts", (6,), "i")])
    total = network.run("Sum", network.run("Number", "counts", layer="shares"), layer="shares")
    network.run("RealDiv", "counts", total, layer="shares")
    counts = np.random.default_rng(6).poisson(1, (40, 6))
    counts[:, 2] = 1
    counts[7] = 0

    (finding,) = diagnosed(network, tensors(counts=counts), tensors(counts=counts))

    assert (finding.cause, finding.row_indices) == ("undefined_operation", [7])


def per_visit() -> Network:
    network = Network([Input("amounts", (6,)), Input("visits", (1,), "i")])
    network.run("RealDiv", "amounts", network.run("Number", "visits", layer="ratio"), layer="ratio")
    return network


def test_a_count_of_0_is_no_empty_sequence() -> None:
    rows = tensors(amounts=np.random.default_rng(7).uniform(1, 2, (5, 6)), visits=np.array([[1], [2], [0], [3], [1]]))

    (finding,) = diagnosed(per_visit(), rows)

    assert (finding.cause, finding.row_indices) == ("undefined_operation", [2])


@pytest.mark.parametrize("step", [(2,), ()], ids=["two channels", "one number"])
def test_a_mask_that_training_never_showed_empty_is_empty_rather_than_far(step: tuple[int, ...]) -> None:
    """The first position of every mask in the reference is valid, so that 0 is outside of its range there."""
    network = Network([Input("steps", (4, *step)), Input("mask", (4,))])
    ratio = network.run("RealDiv", "mask", network.run("Sum", "mask", layer="weights"), layer="weights")
    network.run("Sum", ratio, layer="weights")
    rng = np.random.default_rng(8)
    mask = (np.arange(4) < rng.integers(1, 5, (30, 1))).astype(np.float64)
    steps = rng.normal(size=(30, 4, *step))
    rows = tensors(steps=steps, mask=np.where(np.arange(30)[:, None] == 5, 0, mask))

    (finding,) = diagnosed(network, rows, tensors(steps=steps, mask=mask))

    assert (finding.cause, finding.row_indices) == ("mask_empty", [5])


def test_a_switch_that_something_is_divided_by_is_no_mask() -> None:
    """As many switches as amounts, and only the first of them matters."""
    network = Network([Input("amounts", (3,)), Input("switches", (3,))])
    network.run("RealDiv", "amounts", network.run("FirstFeature", "switches", layer="ratio"), layer="ratio")
    switches = np.array([[1, 0, 1], [0, 0, 0], [1, 1, 0], [1, 0, 0]])

    (finding,) = diagnosed(network, tensors(amounts=np.full((4, 3), 2.0), switches=switches.astype(float)))

    assert (finding.cause, finding.row_indices) == ("undefined_operation", [1])


def test_a_text_without_a_word_gets_one() -> None:
    rows = tensors(comment=np.array([["?!"], ["good"], ["..."], ["2"]]))
    case = Case(rows, None, NumpyLaboratory(mean_of_tokens()).facts())

    edit = valid_position(case, rows, rows.take(np.array([1])))

    assert edit.apply(rows).by_name["comment"].values.ravel().tolist() == ["good", "good", "good", "2"]
