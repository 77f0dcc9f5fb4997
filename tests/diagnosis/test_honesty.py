"""What is claimed was shown by a replay; what was not shown is not called proven."""

import json
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from nantrace.diagnosis.finding import Finding
from tests.diagnosis.contradictions import contradictions
from tests.diagnosis.laboratory import diagnosed
from tests.diagnosis.network import Network
from tests.diagnosis.networks import inside, linear, normal, perceptron

CELLS = st.sampled_from([0.0, 0.5, -0.5, 1.0, -1.0, -999.0, 80.0, 1e6, np.nan, np.inf, -np.inf])
WIDE = -8, 8


def fragile() -> Network:
    """Exp and Log side by side: many ways to fail."""
    network = Network.of_features(3)
    grown = network.run("Exp", network.dense("rate", "inputs", np.full((3, 1), 2.0)), layer="growth")
    logged = network.run("Sum", network.run("Log", "inputs", layer="log"), layer="log")
    network.run("AddV2", grown, logged, layer="total")
    return network


def pooled() -> Network:
    """The maximum of nothing but NaN is the lowest float, a product with it overflows, a saturating gate hides that."""
    network = Network.of_features(3)
    highest = network.run("MaxPool", "inputs", layer="pool")
    grown = network.dense("grow", highest, np.array([[3.0, -0.5]]))
    network.dense("out", network.run("Tanh", grown, layer="gate"), np.ones((2, 1)))
    return network


def centred() -> Network:
    """One bad row spoils its batch."""
    network = Network.of_features(3)
    network.run("Sub", "inputs", network.run("MeanOfBatch", "inputs", layer="centre"), layer="centre")
    return network


NETWORKS = {"perceptron": perceptron, "linear": linear, "fragile": fragile, "pooled": pooled, "centred": centred}


def is_honest(finding: Finding, rows: int) -> None:
    assert set(finding.row_indices) <= set(range(rows))
    assert len(set(finding.row_indices)) == len(finding.row_indices) > 0
    assert all(0 <= one.cured <= one.rows <= finding.rows for one in finding.evidence)
    assert all(remedy.code.strip() for remedy in finding.remedies if remedy.proven)
    if any(remedy.proven for remedy in finding.remedies):
        assert sum(one.cured for one in finding.evidence) >= finding.rows, "some experiment cured each row"
    if finding.confidence > 0.9 and finding.symptom != "replay_failed":
        assert any(one.cured for one in finding.evidence)


def agrees_with_itself(finding: Finding) -> None:
    assert contradictions(finding.report()) == []


def is_readable(finding: Finding) -> None:
    assert len(finding.title) <= 300
    assert finding.title.endswith(".")
    assert not set(finding.title) & set("_{}<>\n"), finding.title
    assert "None" not in finding.title
    json.dumps(finding.report(), allow_nan=False)


def test_finite_and_wrong_is_not_cured() -> None:
    """x ** 8 of an ordinary 1e6 overflows in float32; bounded it is finite, and far from what float64 answers."""
    network = Network.of_features(3)
    power = network.run("Pow", "inputs", network.constant("power", 8.0), layer="energy")
    network.dense("out", network.run("Log", power, layer="decibel"), np.ones((3, 1)))
    rows, reference = inside(6) + 3, normal(100) + 4
    rows[2] = 1e6
    reference[0] = 2e6

    (finding,) = diagnosed(network, rows, reference)

    cured = {one.test: one.cured for one in finding.evidence}
    assert cured["float64"] == 1
    assert cured["stable_activation"] == 0
    assert finding.proof.grade == "proven"
    assert not any(one.proven for one in finding.remedies), "no code was tried that is right"


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(sorted(NETWORKS)),
    rows=arrays(np.float64, st.tuples(st.integers(1, 8), st.just(3)), elements=CELLS),
    with_reference=st.booleans(),
)
def test_whatever_the_rows_hold(name: str, rows: NDArray[Any], with_reference: bool) -> None:
    findings = diagnosed(NETWORKS[name](), rows, normal(100) if with_reference else None)

    told = [row for finding in findings for row in finding.row_indices]
    assert len(told) == len(set(told)), "a row has one finding"
    for finding in findings:
        is_honest(finding, len(rows))
        is_readable(finding)
        agrees_with_itself(finding)
    if name == "linear":
        assert set(told) == set(np.flatnonzero(~np.isfinite(rows).all(axis=1)).tolist())


def test_nothing_is_proven_when_nothing_cured() -> None:
    """The weights are NaN and a value is missing: neither repair alone makes the row finite."""
    network = linear()
    network.weights["out/kernel"][1] = np.nan
    rows = inside(1)
    rows[0, 0] = np.nan

    (finding,) = diagnosed(network, rows, normal(100))

    assert not any(remedy.proven for remedy in finding.remedies)
    assert finding.confidence <= 0.6
    assert not any(one.cured for one in finding.evidence)


def test_every_experiment_is_told_with_its_rows() -> None:
    rows = inside(20)
    rows[[2, 5, 9], 1] = np.nan

    (finding,) = diagnosed(linear(), rows, normal(100))

    assert [(one.test, one.rows, one.cured) for one in finding.evidence] == [("impute", 3, 3)]
    assert "mean" in finding.evidence[0].note


def test_an_unproven_finding_is_less_sure_than_a_proven_one() -> None:
    proven, unproven = inside(4), inside(4)
    proven[0, 0] = np.nan
    unproven[0, 0] = np.nan
    broken = linear()
    broken.weights["out/bias"][0] = np.nan

    (sure,) = diagnosed(linear(), proven, normal(100))
    unsure = next(one for one in diagnosed(broken, unproven, normal(100)) if 0 in one.row_indices)

    assert unsure.confidence < sure.confidence
