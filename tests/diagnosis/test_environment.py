"""Served non-finite, finite in every replay."""

from typing import Any

import numpy as np
import pytest

from nantrace.diagnosis.diagnose import diagnose
from nantrace.diagnosis.finding import Grade, Proof
from tests.diagnosis.laboratory import SOFTWARE, NumpyLaboratory, diagnosed, make_case
from tests.diagnosis.networks import inside, linear, normal, perceptron

ON_A_GPU = {**SOFTWARE, "device": "GPU:NVIDIA L4", "machine_type": "g2-standard-4"}


@pytest.mark.parametrize(
    ("environment", "cause", "told"),
    [
        ({**SOFTWARE, "tensorflow": "2.16.1"}, "software_mismatch", "tensorflow 2.16.1"),
        ({**ON_A_GPU, "keras": "3.3.3"}, "software_mismatch", "keras 3.3.3"),
        ({**SOFTWARE, "xla": True}, "software_mismatch", "XLA"),
        (ON_A_GPU, "hardware_mismatch", "GPU:NVIDIA L4"),
        ({"device": "GPU:NVIDIA L4"}, "hardware_mismatch", "GPU:NVIDIA L4"),
        ({**SOFTWARE, "device": "CPU:0"}, "not_reproduced", "nothing"),
        ({}, "not_reproduced", "nothing"),
    ],
)
def test_it_works(environment: dict[str, Any], cause: str, told: str) -> None:
    served = np.zeros((7, 1))
    served[[1, 5]] = np.nan

    (finding,) = diagnosed(perceptron(), inside(7), normal(100), served=served, environment=environment)

    assert (finding.symptom, finding.cause, finding.row_indices) == ("nonfinite_output", cause, [1, 5])
    assert told in finding.title
    assert finding.reproduced_in == []
    assert finding.confidence < 0.98
    assert [(one.id, one.proven) for one in finding.remedies] == [("align_environment", False)]
    assert {"default", "unfused", "eager", "float64"} <= {one.test for one in finding.evidence}
    assert {one.cured for one in finding.evidence} == {0}, "nothing was changed"
    grade = "observed" if cause == "not_reproduced" else "likely"
    assert finding.proof == Proof(Grade(grade), 2, 0)


def test_what_the_replay_shows_too_is_no_mismatch() -> None:
    rows, served = inside(7), np.zeros((7, 1))
    rows[1, 0] = served[1] = np.nan

    (finding,) = diagnosed(perceptron(), rows, normal(100), served=served, environment=ON_A_GPU)

    assert (finding.symptom, finding.cause) == ("nonfinite_output", "input_missing")


@pytest.mark.parametrize(("environment", "confidence"), [({"xla": True}, 0.98), ({}, 0.6)])
def test_finite_as_saved_and_not_finite_compiled_with_xla(environment: dict[str, Any], confidence: float) -> None:
    rows, served = inside(7), np.zeros((7, 1))
    rows[4] = 1e6  # finite in float32; more than a sum in float16 can hold
    served[4] = np.nan
    lab = NumpyLaboratory(linear(), xla=np.float16)

    (finding,) = diagnose(make_case(lab, rows, served=served, environment=environment), lab)

    assert (finding.cause, finding.row_indices, finding.confidence) == ("software_mismatch", [4], confidence)
    assert (finding.reproduced_in, finding.failing_rows) == (["xla"], {"xla": [4]})
    assert "XLA" in finding.title
