"""What drift knows of the version's traffic, for rows that are too few to tell by themselves."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nantrace.diagnosis.case import KnownFault
from nantrace.diagnosis.finding import Finding
from nantrace.diagnosis.sentinels import find_sentinels
from tests.diagnosis.laboratory import NumpyLaboratory, diagnosed, make_case, tensors
from tests.diagnosis.network import Network
from tests.diagnosis.networks import inside, linear, normal


def exponential_head() -> Network:
    """Fails when one of three features is far above 0."""
    network = Network.of_features(3)
    rate = network.dense("rate", "inputs", np.full((3, 1), 0.5))
    network.run("Exp", rate, layer="count")
    return network


def only(findings: list[Finding]) -> Finding:
    (finding,) = findings
    return finding


def with_one(value: float) -> NDArray[Any]:
    rows = inside(30)
    rows[7, 1] = value
    return rows


def test_a_single_value_is_a_sentinel_where_the_traffic_shows_it_again_and_again() -> None:
    rows, known = with_one(4711.0), [KnownFault("sentinel", "inputs", [1], values=[4711.0])]

    alone = only(diagnosed(exponential_head(), rows, normal(300)))
    informed = only(diagnosed(exponential_head(), rows, normal(300), known_faults=known))

    assert (alone.cause, informed.cause) == ("input_out_of_distribution", "input_missing")
    assert informed.row_indices == [7]
    assert "4711.0" in informed.remedies[0].code


@pytest.mark.parametrize(
    "known",
    [
        KnownFault("sentinel", "inputs", [2], values=[4711.0]),
        KnownFault("sentinel", "inputs", [1], values=[4712.0]),
        KnownFault("sentinel", "another", [1], values=[4711.0]),
        KnownFault("default_fill", "inputs", [1], values=[4711.0]),
    ],
    ids=["another feature", "another value", "another input", "no sentinel"],
)
def test_what_is_known_of_something_else_changes_nothing(known: KnownFault) -> None:
    finding = only(diagnosed(exponential_head(), with_one(4711.0), normal(300), known_faults=[known]))

    assert finding.cause == "input_out_of_distribution"


def test_a_known_sentinel_is_recognised_as_float32_spells_it() -> None:
    rows = inside(5).astype(np.float32)
    rows[2, 0] = 123456.789
    known = [KnownFault("sentinel", "inputs", [0], values=[123456.789])]
    case = make_case(NumpyLaboratory(linear()), tensors(inputs=rows), normal(300), known_faults=known)

    (found,) = find_sentinels(case, case.inputs)

    assert (found.feature, found.value) == (0, float(np.float32(123456.789)))


def test_a_known_sentinel_of_integers_may_stand_anywhere() -> None:
    rows = np.array([[1, 2, 40], [3, 1, 2]])
    known = [KnownFault("sentinel", "inputs", [2], values=[40.0])]
    reference = np.random.default_rng(1).integers(0, 9, (300, 3))
    case = make_case(NumpyLaboratory(linear()), rows, reference, known_faults=known)

    assert [one.value for one in find_sentinels(case, case.inputs)] == [40.0]


def test_a_known_unit_is_undone_in_a_single_row() -> None:
    """1200 could be divided into the range by anything; the traffic says by 1000."""
    rows, known = with_one(1200.0), [KnownFault("unit_change", "inputs", [1], lines=[(1000.0, 0.0)])]

    alone = only(diagnosed(exponential_head(), rows, normal(300)))
    informed = only(diagnosed(exponential_head(), rows, normal(300), known_faults=known))

    assert (alone.cause, informed.cause) == ("input_out_of_distribution", "input_unscaled")
    assert [one.index for one in informed.features] == [1]
    assert "like others of this version" in informed.title
    assert "rows[..., [1]] = (rows[..., [1]] - [0.0]) / [1000.0]" in informed.remedies[0].code
    pasted = {"rows": rows.copy()}
    exec(informed.remedies[0].code, pasted)  # noqa: S102
    assert ((pasted["rows"] != rows).sum(axis=1) > 0).sum() == 1, "the others stay"


def test_a_known_unit_that_does_not_bring_the_value_back_is_not_blamed() -> None:
    known = [KnownFault("unit_change", "inputs", [1], lines=[(1000.0, 0.0)])]

    finding = only(diagnosed(exponential_head(), with_one(90_000.0), normal(300), known_faults=known))

    assert finding.cause == "input_out_of_distribution"


def test_known_raw_rows_need_no_registered_scaler() -> None:
    rows = inside(30)
    rows[7] = rows[7] * [12.0, 18_000.0, 3.0] + [40.0, 55_000.0, 6.0]
    known = KnownFault("unscaled", "inputs", [0, 1, 2], lines=[(12.0, 40.0), (18_000.0, 55_000.0), (3.0, 6.0)])

    finding = only(diagnosed(exponential_head(), rows, normal(300), known_faults=[known]))

    assert (finding.cause, finding.row_indices) == ("input_unscaled", [7])


def test_it_reads_what_drift_stored() -> None:
    stored = {
        "kind": "sentinel",
        "input": "inputs",
        "features": [3],
        "values": [-999.0, "Infinity"],
        "confidence": 1.0,
        "detail": "-999 stands in 40 cells",
    }

    assert KnownFault.from_json(stored) == KnownFault("sentinel", "inputs", (3,), (-999.0,), ())
    lines = {**stored, "kind": "unit_change", "values": [], "lines": [[1000, 0]]}
    assert KnownFault.from_json(lines).lines == ((1000.0, 0.0),)
