"""Real models through the real locked child: sound ones pass, and each fault is told where it lies."""

from typing import Any

import pytest

from tests.audit.conftest import Auditing

pytestmark = pytest.mark.tensorflow

SOUND = ["mlp.keras", "cnn.keras", "cnn", "transformer.keras", "transformer", "lstm.keras", "lstm.h5", "guarded.keras"]


def told(audit: Any) -> set[tuple[str, str, str | None]]:
    return {(one["code"], one["severity"], one["layer"]) for one in audit.findings}


def message(audit: Any, code: str) -> str:
    return next(str(one["message"]) for one in audit.findings if one["code"] == code)


@pytest.mark.parametrize("reference", [True, False], ids=["with reference", "alone"])
@pytest.mark.parametrize("file", SOUND)
def test_a_sound_model_gives_no_finding(audited: Auditing, file: str, reference: bool) -> None:
    found = audited(file, reference)
    assert found.findings == []
    assert found.state == "passed"
    assert found.signature["inputs"]


@pytest.mark.parametrize("reference", [True, False], ids=["with reference", "alone"])
def test_the_masks_of_half_precision_attention_are_no_overflow(audited: Auditing, reference: bool) -> None:
    assert audited("half_transformer.keras", reference, "transformer").findings == []


def test_a_training_row_outside_the_domain_is_an_error(audited: Auditing) -> None:
    found = audited("logarithm.keras")
    assert found.state == "findings"
    (finding,) = found.findings
    assert (finding["code"], finding["severity"]) == ("undefined_operation", "error")
    assert "answers -Infinity for 1 of 48 rows of the reference" in finding["message"]
    assert "keras.ops.log" in finding["remedy"]


def test_a_value_that_a_selection_leaves_out_is_no_fault(audited: Auditing) -> None:
    found = audited("chosen.keras")
    assert found.state == "passed"
    assert {(code, severity) for code, severity, _ in told(found)} <= {("unguarded_operation", "info")}


@pytest.mark.parametrize(("reference", "severity"), [(True, "error"), (False, "warning")])
def test_a_constant_that_every_row_fails_for(audited: Auditing, reference: bool, severity: str) -> None:
    found = audited("infinite_scale.keras", reference)
    assert told(found) == {("constant_nonfinite", severity, "scaled")}
    assert "holds Infinity, and 48 of 48" in message(found, "constant_nonfinite")


def test_what_only_free_combinations_reach_is_a_warning(audited: Auditing) -> None:
    found = audited("remainder.keras")
    assert {(code, severity) for code, severity, _ in told(found)} == {("undefined_operation", "warning")}
    assert "rows made of values within the reference's ranges" in message(found, "undefined_operation")


def test_without_a_reference_an_open_domain_is_no_more_than_told(audited: Auditing) -> None:
    found = audited("logarithm.keras", reference=False)
    assert found.state == "passed"
    assert {(code, severity) for code, severity, _ in told(found)} == {("unguarded_operation", "info")}
    assert "-infinity to infinity" in message(found, "unguarded_operation")


def test_an_exponential_that_overflows_and_one_that_nearly_does(audited: Auditing) -> None:
    assert told(audited("exponential.keras")) == {("activation_overflow", "error", "rate")}
    near = audited("near_exponential.keras")
    assert told(near) == {("exponent_near_overflow", "warning", "rate")}
    assert "overflows above 88.72" in message(near, "exponent_near_overflow")
    assert told(audited("exponential.keras", reference=False)) == {("exponent_unbounded", "info", "rate")}


def test_half_precision_near_its_maximum_and_beyond(audited: Auditing) -> None:
    near = audited("half.keras")
    assert told(near) == {("little_headroom", "warning", "wide")}
    assert "the maximum of float16" in message(near, "little_headroom")
    assert told(audited("overflowing_half.keras")) == {("precision_overflow", "error", "wide")}
    assert audited("half.keras", reference=False).findings == []


def test_each_fault_of_a_sick_model_is_told_once(audited: Auditing) -> None:
    assert told(audited("sick.keras")) == {
        ("weights_nonfinite", "error", "diverged"),
        ("normalization_negative_variance", "error", "broken"),
        ("weights_extreme", "error", "huge"),
        ("softmax_of_one", "error", "lonely"),
        ("loss_from_logits", "warning", "lonely"),
    }


def test_extreme_weights_are_told_without_a_reference(audited: Auditing) -> None:
    found = audited("sick.keras", reference=False)
    assert ("little_headroom", "warning", "huge") in told(found)
    assert "there is no reference" in message(found, "little_headroom")


def test_a_careless_model_and_its_training_inputs(audited: Auditing) -> None:
    assert told(audited("careless.keras")) == {
        ("normalization_zero_epsilon", "warning", "bare"),
        ("normalization_not_adapted", "warning", "fresh"),
        ("loss_from_logits", "warning", "head"),
        ("initializer_large", "warning", "loud"),
        ("reference_missing", "warning", None),
        ("reference_infinite", "warning", None),
        ("reference_constant", "info", None),
    }


def test_a_reference_of_another_shape_is_told(audited: Auditing) -> None:
    found = audited("logarithm.keras", inputs="mlp")
    assert ("reference_misfit", "warning", None) in told(found)
    assert "(any, 3)" in message(found, "reference_misfit")


def test_a_savedmodel_hides_its_layers_and_not_its_operations(audited: Auditing) -> None:
    found = audited("careless", inputs="careless")
    assert ("unguarded_operation", "info", "bare") in told(found)
    assert found.signature["software"]["tensorflow"]
