"""All checks together: order, number, software, weights and the reference itself."""

from typing import Any

import pytest

from nantrace.audit import stored_numbers, training_inputs, training_setup
from nantrace.audit.artifact_facts import InfiniteCells
from nantrace.audit.audit_artifact import MOST, check
from nantrace.audit.audit_finding import Severity
from nantrace.feature import FeatureNames
from tests.audit.facts import facts, layer, reference


def weight(path: str, nonfinite: int, **others: Any) -> dict[str, Any]:
    told = {"path": path, "layer": path.rpartition("/")[0], "shape": [3, 4], "nonfinite": nonfinite}
    return {**told, "normalises": False, **others}


def test_a_model_of_which_nothing_is_known_gives_no_finding() -> None:
    assert check(facts()) == []


def test_errors_come_first_and_the_rest_is_counted() -> None:
    bad = [layer(f"score_{i}", "Dense", activation="softmax", units=1) for i in range(MOST + 9)]
    bare = [layer("bare", "LayerNormalization", epsilon=0)]
    found = check(facts(artifact={"layers": bad + bare}))
    assert len(found) == MOST + 1
    assert {one.code for one in found[:MOST]} == {"softmax_of_one"}
    assert (found[-1].code, found[-1].severity) == ("more_findings", Severity.ERROR)
    assert "10 further findings" in found[-1].message
    assert "normalization_zero_epsilon" in found[-1].message


def test_what_was_not_looked_at_is_told() -> None:
    (found,) = check(facts(unfinished=["running the rows takes longer than 3 s"]))
    assert (found.code, found.severity) == ("audit_incomplete", Severity.INFO)
    assert "takes longer than 3 s" in found.message


def test_a_mask_is_no_diverged_weight() -> None:
    told = {"path": "mask", "layer": None, "shape": [5], "nonfinite": 2, "normalises": False}
    assert not list(stored_numbers.nonfinite_weights(facts({"weights": [{**told, "bars": True}]})))
    assert list(stored_numbers.nonfinite_weights(facts({"weights": [{**told, "bars": False}]})))


def test_a_bad_statistic_is_not_told_as_a_weight_too() -> None:
    told = [weight("norm/moving_variance", 1, normalises=True), weight("norm/gamma", 1, normalises=True)]
    found = list(stored_numbers.nonfinite_weights(facts({"weights": told})))
    assert ["norm/gamma" in one.message for one in found] == [True]
    assert "1 of 12 values" in found[0].message


@pytest.mark.parametrize(
    ("saved", "expected"),
    [
        ("3.15.0", []),
        ("3.9.2", [Severity.INFO]),
        ("3.16.0", [Severity.WARNING]),
        ("2.15.0", [Severity.WARNING]),
        ("nightly", []),
    ],
)
def test_other_software(saved: str, expected: list[Severity]) -> None:
    found = list(training_setup.other_versions(facts(artifact={"saved_with": {"keras": saved}})))
    assert [one.severity for one in found] == expected
    assert all(f"Keras {saved}" in one.message and "3.15.1" in one.message for one in found)


def test_missing_values_are_a_warning_unless_the_model_tests_for_them() -> None:
    known = reference((0, 1), (0, 2), missing_rate=0.25)
    for tests, severity in ((False, Severity.WARNING), (True, Severity.INFO)):
        told = facts(
            artifact={"tests_for_nan": tests}, reference=known, feature_names=FeatureNames({"inputs": ["age"]})
        )
        (found,) = training_inputs.missing_cells(told)
        assert found.severity is severity
        assert "age (25.0%), inputs[1] (25.0%)" in found.message


def test_infinities_of_the_reference_are_named() -> None:
    cells = [InfiniteCells("inputs", i, i + 1) for i in range(7)]
    (found,) = training_inputs.infinite_cells(facts(infinite=cells))
    assert "inputs[0] (1 cells)" in found.message
    assert "and 2 more" in found.message


def test_constant_features_of_more_than_one_row() -> None:
    (found,) = training_inputs.constant_features(facts(reference=reference((0, 1), (5, 5))))
    assert (found.severity, "inputs[1] never varies" in found.message) == (Severity.INFO, True)
    assert not list(training_inputs.constant_features(facts(reference=reference((5, 5), rows=1))))
