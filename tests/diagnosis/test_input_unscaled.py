"""Rows on another scale than the reference."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nantrace.diagnosis.finding import Finding
from tests.diagnosis.laboratory import diagnosed, tensors
from tests.diagnosis.network import Input, Network
from tests.diagnosis.networks import inside, mixing, normal

MEAN, SCALE = np.array([40.0, 55_000.0, 6.0]), np.array([12.0, 18_000.0, 3.0])
SMALL_MEAN = np.array([650.0, 90.0, 14.0, 0.1, 0.1, 0.09, 0.05, 0.18])
SMALL_SCALE = np.array([350.0, 24.0, 3.5, 0.014, 0.05, 0.08, 0.04, 0.03])
STANDARD = {"preprocessing": {"scaler": {"kind": "standard", "mean": MEAN.tolist(), "scale": SCALE.tolist()}}}


def exponential_head(features: int = 3) -> Network:
    network = Network.of_features(features)
    rate = network.dense("rate", "inputs", np.full((features, 1), 0.5))
    network.run("Exp", rate, layer="count")
    return network


def only(findings: list[Finding]) -> Finding:
    (finding,) = findings
    return finding


def test_raw_rows_with_a_registered_scaler() -> None:
    rows = inside(30) * SCALE + MEAN

    finding = only(diagnosed(exponential_head(), rows, normal(300), metadata=STANDARD))

    assert finding.cause == "input_unscaled"
    assert "not standardised" in finding.title
    assert {one.index for one in finding.features} == {0, 1, 2}
    assert [(one.id, one.proven) for one in finding.remedies] == [("rescale", True)]
    assert "55000.0" in finding.remedies[0].code
    curing = [one.note for one in finding.evidence if one.test == "rescale" and one.cured == finding.rows]
    assert "standard: the rows were not standardised" in curing


@pytest.mark.parametrize("rows", [40, 1], ids=["many rows", "one row"])
def test_raw_rows_of_which_most_features_are_small(rows: int) -> None:
    """Raw values around 0.1 lie inside the range of standardised ones; only some features give the others away."""
    raw = inside(rows, 8) * SMALL_SCALE + SMALL_MEAN
    scaler = {"kind": "standard", "mean": SMALL_MEAN.tolist(), "scale": SMALL_SCALE.tolist()}

    finding = only(diagnosed(exponential_head(8), raw, normal(300, 8), metadata={"preprocessing": {"scaler": scaler}}))

    assert (finding.cause, finding.rows) == ("input_unscaled", rows)
    assert "not standardised" in finding.title


def test_small_raw_features_without_a_registered_scaler() -> None:
    raw = inside(40, 8) * SMALL_SCALE + SMALL_MEAN

    finding = only(diagnosed(exponential_head(8), raw, normal(300, 8)))

    assert (finding.cause, finding.rows) == ("input_unscaled", 40)


def test_two_outliers_beside_right_values_are_not_raw() -> None:
    rows = inside(40, 8)
    rows[3, [0, 1]] = 700.0, 900.0
    scaler = {"kind": "standard", "mean": SMALL_MEAN.tolist(), "scale": SMALL_SCALE.tolist()}

    finding = only(diagnosed(exponential_head(8), rows, normal(300, 8), metadata={"preprocessing": {"scaler": scaler}}))

    assert (finding.cause, finding.row_indices) == ("input_out_of_distribution", [3])


def test_rows_scaled_twice() -> None:
    """The model expects raw incomes, min-max scaled once; a second scaling pushes them all below zero."""
    low, high = np.array([18.0, 10_000.0, 0.0]), np.array([90.0, 200_000.0, 30.0])
    network = Network.of_features(3)
    network.dense("out", network.run("Log", "inputs", layer="log"), np.ones((3, 1)))
    reference = np.random.default_rng(5).uniform(0.05, 1, (300, 3))
    scaler = {"kind": "minmax", "min": low.tolist(), "max": high.tolist()}
    once = np.random.default_rng(6).uniform(0.1, 0.9, (30, 3))

    finding = only(
        diagnosed(network, (once - low) / (high - low), reference, metadata={"preprocessing": {"scaler": scaler}})
    )

    assert finding.cause == "input_unscaled"
    assert "twice" in finding.title


@pytest.mark.parametrize("values", [range(256), [0, 255]], ids=["grey", "black and white"])
def test_pixels(values: Sequence[int]) -> None:
    reference = np.random.default_rng(5).choice(values, (200, 16)) / 255
    rows = np.random.default_rng(6).choice(values, (20, 16)).astype(float)

    finding = only(diagnosed(exponential_head(16), rows, reference))

    assert finding.cause == "input_unscaled"
    assert "0..255 instead of 0..1" in finding.title


def test_black_and_white_pixels_of_one_channel() -> None:
    network = Network([Input("image", (16, 1))])
    network.run("Exp", network.run("SumOfPositions", "image", layer="ink"), layer="count")
    reference, rows = (np.random.default_rng(seed).integers(0, 2, (50, 16, 1)).astype(float) for seed in (1, 2))
    rows[[3, 8]] *= 255

    finding = only(diagnosed(network, tensors(image=rows), tensors(image=reference)))

    assert (finding.cause, finding.row_indices) == ("input_unscaled", [3, 8])
    assert "0..255 instead of 0..1" in finding.title


@pytest.mark.parametrize("factor", [1000.0, 60.0, 43.7])
def test_one_feature_in_another_unit(factor: float) -> None:
    """The network fails when feature 1, and it alone, is far from its training range."""
    network = exponential_head()
    reference, rows = normal(300), inside(40)
    reference[:, 1] = np.random.default_rng(5).uniform(5, 7, 300)
    rows[:, 1] = np.random.default_rng(6).uniform(5.2, 6.8, 40)
    rows[10:, 1] *= factor

    finding = only(diagnosed(network, rows, reference))

    if factor == 43.7:  # no unit, but the value is still far outside
        assert finding.cause == "input_out_of_distribution"
    else:
        assert (finding.cause, finding.rows) == ("input_unscaled", 30)
        assert f"multiplied by {factor:g}" in finding.title
    assert [one.index for one in finding.features] == [1]


def far_alone(rows: NDArray[Any]) -> NDArray[Any]:
    rows[3, 1] = 2000.0
    return rows


@pytest.mark.parametrize("metadata", [{}, STANDARD], ids=["no scaler", "a scaler"])
def test_a_single_far_value_proves_no_scale(metadata: dict[str, Any]) -> None:
    """Some divisor brings any single number into any range."""
    finding = only(diagnosed(exponential_head(), far_alone(inside(30)), normal(300), metadata=metadata))

    assert (finding.cause, finding.row_indices) == ("input_out_of_distribution", [3])
    assert [one.index for one in finding.features] == [1]


def test_a_row_of_one_value_proves_no_scale() -> None:
    """Undone, zeros are the mean of whatever was standardised; here they lie a little below the training data."""
    network = Network.of_features(3)
    spread = network.run("SpreadOfFeatures", "inputs", layer="own_scale")
    network.run("RealDiv", "inputs", spread, layer="own_scale")
    reference, rows = np.abs(normal(300)) + 0.01, np.abs(inside(30)) + 0.01
    rows[4] = 0.0

    finding = only(diagnosed(network, rows, reference))

    assert (finding.cause, finding.row_indices) == ("input_out_of_distribution", [4])


def test_without_a_reference_nothing_is_claimed_about_scale() -> None:
    rows = inside(30) * SCALE + MEAN

    finding = only(diagnosed(exponential_head(), rows, None, metadata=STANDARD))

    assert finding.cause == "activation_overflow"


def uniform(rows: int, low: float, high: float, seed: int = 5) -> NDArray[Any]:
    return np.random.default_rng(seed).uniform(low, high, rows)


def pasted(code: str, rows: NDArray[Any]) -> NDArray[Any]:
    """What a person gets who pastes the code of a remedy."""
    given: dict[str, Any] = {"rows": rows.copy(), "np": np}
    exec(code, given)  # noqa: S102
    changed: NDArray[Any] = given["rows"]
    return changed


def test_two_features_in_different_units_are_undone_together() -> None:
    """Each alone makes the rows fail: undoing one of both cures nothing."""
    reference, right = normal(300), inside(40)
    reference[:, 0], reference[:, 2] = uniform(300, 45, 120), uniform(300, 1.4, 2.1)
    right[:, 0], right[:, 2] = uniform(40, 50, 110, 6), uniform(40, 1.5, 2.0, 7)
    rows = right * [1000, 1, 100]
    network = Network.of_features(3)
    network.run("Exp", network.dense("rate", "inputs", np.array([[0.2], [0.1], [5.0]])), layer="count")

    finding = only(diagnosed(network, rows, reference, metadata={"features": ["weight", "x", "height"]}))

    assert (finding.cause, finding.rows) == ("input_unscaled", 40)
    assert {one.name for one in finding.features} == {"weight", "height"}
    assert "weight: the values are multiplied by 1000" in finding.title
    assert "height: the values are multiplied by 100" in finding.title
    assert np.allclose(pasted(finding.remedies[0].code, rows), right)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (lambda right: right + 273.15, "Kelvin instead of degrees Celsius"),
        (lambda right: right * 1.8 + 32, "degrees Fahrenheit instead of Celsius"),
        (np.exp, "raw values instead of their logarithm"),
    ],
)
def test_the_unit_that_fits_best_is_told(sent: Any, told: str) -> None:
    """273 + 20 divided by 24 is a temperature as well, but not one like those of the training."""
    reference, right = normal(300), inside(40)
    reference[:, 1], right[:, 1] = uniform(300, 8, 38), uniform(40, 10, 36, 6)
    rows = right.copy()
    rows[:, 1] = sent(right[:, 1])
    network = Network.of_features(3)
    bound = network.run("Sub", network.constant("model/limit", 40), "inputs", layer="limit")
    network.dense("out", network.run("Log", bound, layer="log"), mixing(3, 1))

    finding = only(diagnosed(network, rows, reference))

    assert finding.cause == "input_unscaled"
    assert f"inputs[1] is on another scale than the training data ({told})" in finding.title
    assert np.allclose(pasted(finding.remedies[0].code, rows)[:, 1], right[:, 1])


def test_a_few_far_values_among_many_rows_are_no_unit() -> None:
    """Divided by 1000 these would lie inside; three of forty rows are no other unit."""
    rows = inside(40)
    rows[[3, 17, 30], 1] = 431.7, 1280.2, 869.4

    finding = only(diagnosed(exponential_head(), rows, normal(300)))

    assert (finding.cause, finding.row_indices) == ("input_out_of_distribution", [3, 17, 30])


def test_an_outlier_beside_raw_rows_is_no_raw_row() -> None:
    rows = inside(40)
    rows[10:] = rows[10:] * SCALE + MEAN
    rows[3, 0] = 700.0

    found = diagnosed(exponential_head(), rows, normal(300), metadata=STANDARD)

    assert {one.cause: one.row_indices for one in found} == {
        "input_unscaled": list(range(10, 40)),
        "input_out_of_distribution": [3],
    }


def test_all_preprocessing_forgotten_of_two_inputs() -> None:
    """Clipping would cure the rows as well; undoing both changes of scale says what happened."""
    network = Network([Input("house", (3,)), Input("pixels", (4,))])
    rate = network.dense("rate", "house", np.full((3, 1), 0.5))
    light = network.dense("light", "pixels", np.full((4, 1), 0.5))
    network.run("Sub", network.run("Exp", rate, layer="a"), network.run("Exp", light, layer="b"), layer="difference")
    shades = np.random.default_rng(6).uniform(0, 1, (30, 4))
    rows = tensors(house=inside(30) * SCALE + MEAN, pixels=shades * 255)
    reference = tensors(house=normal(300), pixels=np.random.default_rng(7).uniform(0, 1, (300, 4)))

    finding = only(diagnosed(network, rows, reference, metadata=STANDARD))

    assert (finding.cause, finding.rows) == ("input_unscaled", 30)
    assert {one.input for one in finding.features} == {"house", "pixels"}
    assert len(finding.features) == 7
    assert "(the rows were not standardised; pixels of 0..255 instead of 0..1)" in finding.title


def test_transforms_that_fit_worse_are_no_evidence() -> None:
    rows = inside(30) * SCALE + MEAN

    finding = only(diagnosed(exponential_head(), rows, normal(300), metadata=STANDARD))

    assert [one.note for one in finding.evidence if one.test == "rescale"] == [
        "standard: the rows were not standardised"
    ]


def test_what_is_advised_for_some_rows_leaves_the_others() -> None:
    rows = inside(30)
    raw = [1, 4, 5, 9, 12, 13, 20, 22]
    rows[raw] = rows[raw] * SCALE + MEAN

    finding = only(diagnosed(exponential_head(), rows, normal(300), metadata=STANDARD))

    given = {"rows": rows.copy()}
    exec(finding.remedies[0].code, given)  # noqa: S102
    assert finding.row_indices == raw
    assert diagnosed(exponential_head(), given["rows"], normal(300)) == []
    assert (np.delete(given["rows"], raw, axis=0) == np.delete(rows, raw, axis=0)).all()
