"""Numbers that stand for "missing"."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nantrace.diagnosis.sentinels import find_sentinels
from tests.diagnosis.laboratory import NumpyLaboratory, diagnosed, make_case, tensors
from tests.diagnosis.network import Input, Network
from tests.diagnosis.networks import inside, linear, normal


def logarithms() -> Network:
    """Fails on anything below zero, and on any feature that is huge."""
    network = Network.of_features(3)
    network.run("Sum", network.run("Log", "inputs", layer="log"), layer="total")
    return network


def positive(rows: int) -> NDArray[Any]:
    return np.abs(inside(rows)) + 0.5


@pytest.mark.parametrize("value", [-999.0, -9999.0, -99.0, -1e20, -32768.0])
def test_a_well_known_number_is_a_missing_value(value: float) -> None:
    rows = positive(20)
    rows[[3, 8], 1] = value

    (finding,) = diagnosed(logarithms(), rows, positive(200), metadata={"features": ["a", "visibility", "c"]})

    assert (finding.cause, finding.row_indices) == ("input_missing", [3, 8])
    assert [(one.name, one.values) for one in finding.features] == [("visibility", [value])]
    assert f"visibility holds {value:g}, which stands for missing" in finding.title
    assert finding.remedies[0].proven
    assert repr(value) in finding.remedies[0].code


def test_an_unknown_number_that_keeps_coming_is_one_too() -> None:
    rows = positive(20)
    rows[2:7, 0] = -4711.0

    (finding,) = diagnosed(logarithms(), rows, positive(200))

    assert finding.cause == "input_missing"


def test_one_new_number_of_a_switch_is_one_while_the_others_go_on() -> None:
    """255 beside 1 is no 1 on another scale."""
    network = Network([Input("switches", (6, 1))])
    network.run("Exp", network.run("SumOfPositions", "switches", layer="total"), layer="count")
    reference, rows = (np.random.default_rng(seed).integers(0, 2, (50, 6, 1)).astype(float) for seed in (1, 2))
    rows[4, :4, 0], rows[4, 4:, 0] = 255.0, 1.0

    (finding,) = diagnosed(network, tensors(switches=rows), tensors(switches=reference))

    assert (finding.cause, finding.row_indices) == ("input_missing", [4])


def test_an_unknown_number_that_comes_once_is_not() -> None:
    rows = positive(20)
    rows[2, 0] = -4711.0

    (finding,) = diagnosed(logarithms(), rows, positive(200))

    assert finding.cause == "input_out_of_distribution"


def test_a_number_that_training_knew_is_not() -> None:
    """Sales in pieces: 999 is a number like any other."""
    reference = np.random.default_rng(3).uniform(0, 2000, (300, 3))
    rows = np.random.default_rng(4).uniform(0, 2000, (20, 3))
    rows[:, 1] = 999.0
    case = make_case(NumpyLaboratory(linear()), rows, reference)

    assert find_sentinels(case, case.inputs) == []


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_fill_value_of_netcdf_in_either_precision(dtype: Any) -> None:
    rows: NDArray[Any] = normal(5).astype(dtype)
    rows[2, 2] = 9.969209968386869e36
    case = make_case(NumpyLaboratory(linear()), tensors(inputs=rows), normal(300))

    (found,) = find_sentinels(case, case.inputs)

    assert (found.feature, found.value) == (2, float(dtype(9.969209968386869e36)))
