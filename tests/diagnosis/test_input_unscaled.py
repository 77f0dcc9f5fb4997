"""Rows on another scale than the reference."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from monitoring.diagnosis.finding import Finding
from tests.diagnosis.laboratory import diagnosed
from tests.diagnosis.network import Network
from tests.diagnosis.networks import inside, normal

MEAN, SCALE = np.array([40.0, 55_000.0, 6.0]), np.array([12.0, 18_000.0, 3.0])
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


def test_pixels() -> None:
    reference = np.random.default_rng(5).uniform(0, 1, (200, 16))
    rows = np.random.default_rng(6).integers(0, 256, (20, 16)).astype(float)

    finding = only(diagnosed(exponential_head(16), rows, reference))

    assert finding.cause == "input_unscaled"
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


def test_without_a_reference_nothing_is_claimed_about_scale() -> None:
    rows = inside(30) * SCALE + MEAN

    finding = only(diagnosed(exponential_head(), rows, None, metadata=STANDARD))

    assert finding.cause == "activation_overflow"
