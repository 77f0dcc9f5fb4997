"""Operations outside of their domain on rows like those of training: the incident says so, and so does the audit."""

from typing import Any

import numpy as np
import pytest

from nantrace.audit.audit_artifact import audit
from nantrace.laboratory.examine_batch import PostedRows, reference_of
from tests.examined import examine
from tests.replay.conftest import Laboratory
from tests.replay.rows import Array, rows_of

GENERATOR = np.random.default_rng(4)
ORDINARY = GENERATOR.uniform(0.1, 0.9, (60, 2))
EDGES = np.array([[-1.0, -1.0], [1.5, 1.5], [0.0, 0.0]])
ROOTS = GENERATOR.normal(0, 1, (60, 2, 2))
REGULAR = ROOTS @ ROOTS.transpose(0, 2, 1) + np.eye(2)
SINGULAR = np.ones((1, 2, 2))
CASES = [
    ("log_gamma", "Lgamma", [0.5, 0.0], "tf.math.lgamma(keras.ops.maximum(x, 1e-7))"),
    ("log_gamma", "Lgamma", [0.5, -1.0], "tf.math.lgamma(keras.ops.maximum(x, 1e-7))"),
    ("inverse_error.keras", "Erfinv", [1.5, 0.5], "keras.ops.erfinv(keras.ops.clip(x, -1 + 1e-6, 1 - 1e-6))"),
    ("floor_division.keras", "FloorDiv", [0.5, 0.0], "x // keras.ops.where(keras.ops.abs(y) > 1e-7, y, 1e-7)"),
    ("cholesky", "Cholesky", SINGULAR[0], "# a ridge that makes the matrix positive definite"),
]
EACH = pytest.mark.parametrize(("file", "operation", "row", "code"), CASES)


def training(operation: str) -> Array:
    """Inputs whose ranges hold values outside of the operation's domain."""
    return np.concatenate([REGULAR, SINGULAR] if operation == "Cholesky" else [ORDINARY, EDGES])


@EACH
def test_an_incident_names_the_operation(
    laboratory: Laboratory, file: str, operation: str, row: Any, code: str
) -> None:
    lab, known = laboratory(file), training(operation)
    reference = reference_of(lab.replayer, lab.artifact, rows_of(numbers=known))
    batch = np.concatenate([known[:5], [row]])

    (finding,) = examine(lab.replayer, lab.artifact, PostedRows(rows_of(numbers=batch)), reference, {})

    assert (finding.symptom, finding.cause, finding.row_indices) == ("nonfinite_output", "undefined_operation", [5])
    assert finding.origin is not None
    assert (finding.origin.kind, finding.origin.operation) == ("operation", operation)
    assert [(one.id, one.proven) for one in finding.remedies] == [("guard_operation", True)]
    assert finding.remedies[0].code.startswith(code)


@pytest.mark.parametrize(("file", "operation", "code"), sorted({(file, kind, code) for file, kind, _, code in CASES}))
def test_the_audit_names_it_before_anything_is_served(
    laboratory: Laboratory, file: str, operation: str, code: str
) -> None:
    lab = laboratory(file)

    found = audit(lab.replayer, lab.artifact, None, {}).findings

    named = {one["message"].split(" in ")[0]: one for one in found if one["code"] == "unguarded_operation"}
    assert set(named) == {operation}
    assert code in named[operation]["remedy"]


@EACH
def test_the_audit_finds_training_rows_outside_of_the_domain(
    laboratory: Laboratory, file: str, operation: str, row: Any, code: str
) -> None:
    lab = laboratory(file)
    known = lab.canonical(rows_of(numbers=np.concatenate([training(operation)[:30], [row]])))
    reference = reference_of(lab.replayer, lab.artifact, known)

    found = audit(lab.replayer, lab.artifact, (known, reference), {}).findings

    (error,) = (one for one in found if one["severity"] == "error")
    assert (error["code"], error["message"].split(" in ")[0]) == ("undefined_operation", operation)
    assert code in error["remedy"]
