"""What counts as a failing check."""

from typing import Any

import pytest

from tests.cases.runner.scoring import score

INPUT = dict(kind="input", layer=None, operation=None)
TRUTH = dict(
    symptom="nonfinite_output",
    cause=["undefined_operation"],
    origin=dict(kind="operation", layer=["share"], operation=["RealDiv"]),
    features=["clicks", "views"],
    rows=[1, 4],
    cured_by=["guard_operation"],
)


def reported(**changes: Any) -> dict[str, Any]:
    usual = dict(
        symptom="nonfinite_output",
        cause="undefined_operation",
        rows=2,
        row_indices=[1, 4],
        origin=dict(kind="operation", layer="model/share_1", operation="RealDiv"),
        features=[dict(name="clicks", input="row", index=0), dict(name="views", input="row", index=1)],
        evidence=[dict(test="guard_operation", rows=2, cured=2)],
        remedies=[dict(id="guard_operation", proven=True)],
    )
    return {**usual, **changes}


def feature(name: str) -> dict[str, Any]:
    return dict(name=name, input="row", index=9)


WRONG = [
    ("detected", dict(symptom="absorbed")),
    ("detected", dict(row_indices=[1, 3])),
    ("cause", dict(cause="input_missing")),
    ("origin", dict(origin=dict(kind="operation", layer="model/other", operation="RealDiv"))),
    ("operation", dict(origin=dict(kind="operation", layer="share", operation="Log"))),
    ("features", dict(features=[feature("clicks")])),
    ("remedy", dict(evidence=[dict(test="guard_operation", rows=2, cured=1)], remedies=[])),
]


def test_report_that_meets_every_claim_passes() -> None:
    assert score(TRUTH, [reported()]).failing == []


@pytest.mark.parametrize(("check", "changes"), WRONG)
def test_each_claim_can_fail(check: str, changes: dict[str, Any]) -> None:
    assert score(TRUTH, [reported(**changes)]).failing == [check]


def test_nothing_reported_fails_every_claim() -> None:
    claims = ["detected", "cause", "origin", "operation", "features", "remedy"]
    assert score(TRUTH, []).failing == claims
    assert score(TRUTH, []).causes == [("undefined_operation", "none")]


def test_one_wrong_feature_of_three_is_too_many_only_where_another_is_missing() -> None:
    both = [feature("clicks"), feature("views"), feature("price")]
    assert score(TRUTH, [reported(features=both)]).failing == []
    assert score(TRUTH, [reported(features=both[1:])]).failing == ["features"]


def test_incidents_of_one_cause_count_together() -> None:
    parts = [reported(row_indices=[1]), reported(row_indices=[4])]
    assert score(TRUTH, parts).failing == []


def test_two_faults_are_told_apart() -> None:
    other = dict(symptom="absorbed", cause="input_missing", origin=INPUT, features=None, rows=[0], cured_by=None)
    both = [reported(), reported(symptom="absorbed", cause="input_missing", row_indices=[0], origin=INPUT)]
    assert score(dict(incidents=[TRUTH, other]), both).failing == []
    assert "detected" in score(dict(incidents=[TRUTH, other]), both[:1]).failing


def test_what_is_reported_beyond_the_truth_is_not_quiet() -> None:
    extra = reported(cause="input_missing")
    assert score(TRUTH, [reported(), extra]).failing == ["quiet"]
    assert score(TRUTH, [reported(), reported(symptom="drift", cause=None)]).failing == []


def test_a_control_tolerates_only_what_it_names() -> None:
    assert score(dict(clean=True), []).failing == []
    assert score(dict(clean=True), [reported()]).failing == ["clean"]
    assert score(dict(clean=True, tolerated=["drift"]), [reported(symptom="drift", cause=None)]).failing == []
