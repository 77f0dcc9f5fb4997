"""The sentence that a person reads first."""

import numpy as np

from nantrace.diagnosis.case import Json, TracedRows
from nantrace.diagnosis.diagnose import diagnose
from nantrace.tensors.tensor import Tensors
from tests.diagnosis.laboratory import NumpyLaboratory, diagnosed, make_case
from tests.diagnosis.networks import inside, linear, normal, perceptron

NAMES = {"features": ["age", "income", "tenure"]}


def test_one_row_one_feature() -> None:
    rows = inside(5)
    rows[2, 1] = np.nan

    (finding,) = diagnosed(linear(), rows, normal(100), metadata=NAMES)

    assert finding.title == "Rows are answered with NaN or infinity because income is missing."


def test_several_rows_and_features_of_a_wrong_answer() -> None:
    rows = inside(5)
    rows[2, 1] = rows[3, 0] = np.nan

    (finding,) = diagnosed(perceptron(), rows, normal(100), metadata=NAMES)

    assert finding.title.startswith("Rows are answered with finite but wrong numbers because ")
    assert finding.title.endswith(" are missing.")
    assert {"age", "income"} <= set(finding.title.split())


def test_many_features_are_counted() -> None:
    rows = inside(1, features=30)
    rows[0] = np.nan

    (finding,) = diagnosed(linear(30), rows, normal(100, 30))

    assert "inputs[0], inputs[1], inputs[2] and 27 more features are missing" in finding.title


def test_names_by_input() -> None:
    rows = inside(5)
    rows[2, 2] = np.inf

    (finding,) = diagnosed(linear(), rows, normal(100), metadata={"features": {"inputs": NAMES["features"]}})

    assert "tenure is infinite" in finding.title


def test_a_fault_of_the_model_names_the_place() -> None:
    network = linear()
    network.weights["out/kernel"][0] = np.inf

    (finding,) = diagnosed(network, inside(3), normal(100))

    assert finding.title == "Rows are answered with NaN or infinity because weights of out are NaN or infinite."


class Untraceable(NumpyLaboratory):
    """Finds nothing on the walk back from the outputs, as where only compiled kernels fail."""

    def trace(self, rows: Tensors, change: Json | None = None) -> list[TracedRows]:
        return super().trace(rows, change)[:0]


def test_a_failure_without_a_place_still_has_a_reason() -> None:
    network = linear()
    network.weights["out/kernel"][0] = np.inf
    lab = Untraceable(network)

    (finding,) = diagnose(make_case(lab, inside(3)), lab)

    assert finding.cause == "not_reproduced"
    assert finding.title.endswith(" because of something that the replay op by op does not show.")
