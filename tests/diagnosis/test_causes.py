"""The registry of causes is complete: each has words, advice, and an experiment or a reason why there is none."""

import numpy as np
import pytest

from nantrace.diagnosis.case import Case, ModelFacts
from nantrace.diagnosis.cause import STAGES, Cause, ModelChange, PrecisionTrials, RowEdits, ServedVariant, Stage
from nantrace.diagnosis.causes import CAUSES, at_stage, cause_of
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.phrases import SEEN, title
from nantrace.diagnosis.remedies import remedies
from tests.diagnosis.laboratory import tensors

CONTRACT = {
    *("input_missing", "input_infinite", "input_unscaled", "input_out_of_distribution", "mask_empty"),
    *("weights_nonfinite", "normalization_state", "weights_extreme", "activation_overflow", "undefined_operation"),
    *("precision_overflow", "software_mismatch", "hardware_mismatch", "not_reproduced", "shape_or_type"),
}
UPSTREAM_FIRST = [
    *("input_missing", "input_infinite", "input_unscaled", "mask_empty", "input_out_of_distribution"),
    *("precision_overflow",),
    *("weights_nonfinite", "normalization_state", "activation_overflow", "undefined_operation", "weights_extreme"),
    *("software_mismatch", "hardware_mismatch", "not_reproduced", "shape_or_type"),
]
EXPERIMENTS = (RowEdits, PrecisionTrials, ModelChange, ServedVariant)

every_cause = pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.identifier)


def diagnosed() -> DiagnosedRows:
    model = ModelFacts(name="model", inputs=[], weights=[], software={}, low_precision=False)
    return DiagnosedRows(
        Case(tensors(inputs=np.ones((1, 2))), None, model), None, [], None, proven=False, note="a reason"
    )


def test_they_are_those_of_the_contract() -> None:
    assert {cause.identifier for cause in CAUSES} == CONTRACT
    assert len(CAUSES) == len(CONTRACT), "no cause twice"
    assert all(cause_of(cause.identifier) is cause for cause in CAUSES)


def test_the_furthest_upstream_comes_first() -> None:
    assert [cause.identifier for cause in CAUSES] == UPSTREAM_FIRST


@pytest.mark.parametrize("stage", STAGES)
def test_no_two_causes_share_a_place(stage: type[Stage]) -> None:
    ranks = [place.rank for _, place in at_stage(stage)]
    assert ranks == sorted(set(ranks))


@every_cause
def test_it_has_words(cause: Cause) -> None:
    assert cause.label
    assert cause.sentence.endswith(".")


@every_cause
def test_it_has_an_experiment_or_says_why_none(cause: Cause) -> None:
    has_one = any(isinstance(stage, EXPERIMENTS) for stage in cause.stages)
    assert has_one != bool(cause.no_experiment)


@every_cause
@pytest.mark.parametrize("symptom", SEEN)
def test_it_has_a_title(cause: Cause, symptom: str) -> None:
    sentence = title(symptom, cause, diagnosed())
    assert sentence.endswith(".")
    assert not sentence.endswith("because .")


@every_cause
def test_it_has_advice(cause: Cause) -> None:
    found = remedies(cause, diagnosed())
    assert found
    for one in found:
        assert one.id
        assert one.title
        assert one.why
        compile(one.code, one.id, "exec")
    can_have_code = cause.identifier != "input_unscaled"  # of rows that nothing was done to, nothing is undone
    assert any(one.code for one in found) == can_have_code


@every_cause
def test_features_are_named_with_its_reason(cause: Cause) -> None:
    stage = cause.stage(RowEdits)
    if stage is not None:
        assert stage.reason.cause == cause.identifier
        assert stage.reason.clause != stage.reason.plural
