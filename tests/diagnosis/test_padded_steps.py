"""Padding that is missing, in front of a Masking layer that skips another value."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nantrace.diagnosis.case import Case
from nantrace.diagnosis.causes.input_missing import impute
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.finding import Remedy
from nantrace.diagnosis.trials import Trial
from tests.diagnosis.laboratory import tensors
from tests.diagnosis.test_remedies import model, pasted, remedies, responsible

Array = NDArray[Any]
NAN = np.nan
MASKING = {"name": "inputs", "dtype": "float32", "shape": (None, 4, 2), "mask_value": -1.0}


def sequences(*steps: list[float]) -> Array:
    """A row for each list, in which both channels of a step hold the same."""
    return np.repeat(np.array(steps, float)[..., None], 2, axis=2)


def case_of(rows: Array, spec: Mapping[str, Any] = MASKING) -> Case:
    return Case(tensors(inputs=rows), None, model(inputs=[spec]))


def imputed(case: Case) -> Array:
    """The rows as the experiment replays them."""
    return (
        impute(case, case.inputs, tensors(inputs=sequences([7, 7, 7, 7]))).apply(case.inputs).by_name["inputs"].values
    )


def advised(case: Case) -> list[Remedy]:
    trial = Trial("impute", np.ones(1, bool), np.ones(1, bool), edit=impute(case, case.inputs, case.inputs))
    features = [responsible("inputs")]
    return remedies(
        "input_missing", DiagnosedRows(case, None, features, trial, proven=True, rows=range(case.inputs.rows))
    )


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([1, 2, NAN, NAN], [1, 2, -1, -1]),
        ([NAN, 2, 3, 4], [-1, 2, 3, 4]),
        ([NAN, 2, NAN, NAN], [-1, 2, -1, -1]),
        ([1, NAN, 3, NAN], [1, 7, 3, -1]),
        ([NAN, NAN, NAN, NAN], [7, 7, 7, 7]),
        ([1, 2, 3, 4], [1, 2, 3, 4]),
    ],
)
def test_missing_steps_at_an_end_become_what_the_layer_skips(steps: list[float], expected: list[float]) -> None:
    np.testing.assert_array_equal(imputed(case_of(sequences(steps))), sequences(expected))


def test_a_step_that_holds_something_is_no_padding() -> None:
    rows = sequences([1, 2, 3, NAN])
    rows[0, 3, 1] = 4

    np.testing.assert_array_equal(imputed(case_of(rows))[0, 3], [7, 4])


def test_without_the_layer_there_is_no_padding() -> None:
    rows, spec = sequences([1, 2, NAN, NAN]), {**MASKING, "mask_value": None}

    np.testing.assert_array_equal(imputed(case_of(rows, spec)), sequences([1, 2, 7, 7]))
    assert "Masking" not in advised(case_of(rows, spec))[0].title


def test_the_code_does_what_was_replayed() -> None:
    case = case_of(sequences([1, 2, NAN, NAN], [NAN, 2, NAN, 4], [1, 2, 3, 4]))
    found = advised(case)

    assert [(one.title, one.proven) for one in found] == [("Pad with -1, which the Masking layer skips", True)]
    names = pasted(found, rows=case.inputs.by_name["inputs"].values, training_rows=sequences([7, 7, 7, 7]))
    np.testing.assert_array_equal(names["rows"], imputed(case))


def test_padding_alone_needs_no_training_rows() -> None:
    case = case_of(sequences([1, 2, NAN, NAN]))

    names = pasted(advised(case), rows=case.inputs.by_name["inputs"].values)

    np.testing.assert_array_equal(names["rows"], sequences([1, 2, -1, -1]))
