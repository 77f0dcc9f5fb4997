"""The sentence that a person reads first."""

import numpy as np
import pytest

from nantrace.diagnosis.case import Json, TracedRows
from nantrace.diagnosis.diagnose import diagnose
from nantrace.tensors.tensor import Tensors
from tests.diagnosis.laboratory import NumpyLaboratory, diagnosed, make_case, tensors
from tests.diagnosis.network import Input, Network
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


def sketches() -> Network:
    """Drawings of 2 x 2 pixels."""
    network = Network([Input("sketch", (2, 2, 1))])
    network.dense("out", network.run("SumOfPositions", "sketch"), np.ones((1, 1)))
    return network


@pytest.mark.parametrize(
    ("cells", "clause"),
    [
        ([(0, 0)], "one pixel of sketch is missing"),
        ([(0, 0), (1, 1)], "pixels of sketch are missing"),
        ([(0, 0), (0, 1), (1, 0), (1, 1)], "sketch is missing"),
    ],
)
def test_which_cells_of_a_drawing(cells: list[tuple[int, int]], clause: str) -> None:
    rows = np.ones((4, 2, 2, 1))
    for cell in cells:
        rows[(1, *cell)] = np.nan

    (finding,) = diagnosed(
        sketches(), tensors(sketch=rows), tensors(sketch=np.random.default_rng(1).random((50, 2, 2, 1)))
    )

    assert finding.title.endswith(f" because {clause}.")


def test_rows_that_fail_only_in_one_batch_with_others() -> None:
    network = Network.of_features(3)
    network.run("Sub", "inputs", network.run("MeanOfBatch", "inputs", layer="centre"), layer="centre")
    rows = inside(8)
    rows[5, 1] = np.nan

    (finding,) = diagnosed(network, rows, normal(300), metadata=NAMES)

    assert finding.title.endswith(" because income is missing; other rows fail only in one batch with these.")


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


def test_what_was_sent_and_cures_is_the_origin_even_where_no_walk_shows_it() -> None:
    lab, rows = Untraceable(linear()), inside(4)
    rows[2, 1] = -np.inf

    (finding,) = diagnose(make_case(lab, rows, normal(100)), lab)

    assert finding.cause == "input_infinite"
    assert finding.origin is not None
    assert (finding.origin.kind, finding.origin.name, finding.origin.value) == ("input", "inputs", "-Infinity")
