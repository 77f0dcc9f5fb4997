"""What the diagnosis may expect of a laboratory, asked of the real one and of the numpy one of the tests."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from nantrace.diagnosis.case import ReplayOutcome, TracedRows
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.tensors.tensor import Tensors
from tests.diagnosis.laboratory import NumpyLaboratory
from tests.diagnosis.network import Input, Network
from tests.replay.conftest import Laboratory as ReplayedModel
from tests.replay.rows import rows_of

HIDDEN_KERNEL = np.linspace(0.1, 0.9, 30).reshape(3, 10)


def mlp() -> Network:
    """`keras_models.mlp`, weight by weight."""
    network = Network([Input("features", (3,))])
    hidden = network.dense("hidden", "features", HIDDEN_KERNEL, "Relu")
    network.dense("out", hidden, np.ones((10, 1)))
    network.weights["hidden/bias"] += np.float32(0.1)
    return network


def logarithm() -> Network:
    """`keras_models.logarithm`, but for the weights of its last layer, which no test here looks at."""
    network = Network([Input("numbers", (3,))])
    network.dense("out", network.run("Log", "numbers", layer="log"), np.full((3, 1), 0.5))
    return network


def nested() -> Network:
    """`keras_models.nested`: one cell of a kernel is NaN."""
    kernel = np.full((3, 4), 0.2)
    kernel[1, 2] = np.nan
    network = Network([Input("features", (3,))])
    inner = network.dense("encoder/projection", "features", kernel, "Sigmoid")
    network.dense("out", inner, np.full((4, 1), 0.3))
    return network


NETWORKS: dict[str, Callable[[], Network]] = {"mlp": mlp, "logarithm": logarithm, "nested": nested}


@dataclass(frozen=True)
class Models:
    """The models of this file in one of the two laboratories."""

    replayed: ReplayedModel | None

    def __call__(self, name: str) -> ReplayLaboratory | NumpyLaboratory:
        return self.replayed(f"{name}.keras") if self.replayed else NumpyLaboratory(NETWORKS[name]())


@pytest.fixture(params=["numpy", "replayed"])
def model(request: pytest.FixtureRequest) -> Models:
    return Models(request.getfixturevalue("laboratory") if request.param == "replayed" else None)


def features(*rows: list[float]) -> Tensors:
    return rows_of(features=np.array(rows))


def answer(outcome: ReplayOutcome) -> Any:
    (values,) = outcome.outputs.values()
    return values


def only(trails: list[TracedRows]) -> TracedRows:
    (trail,) = trails
    return trail


FINE, MISSING = [0.5, 0.25, 1.0], [np.nan, 0.25, 1.0]
WANTED = float((np.array(FINE) @ HIDDEN_KERNEL + 0.1).sum())


@pytest.mark.parametrize("variant", ["default", "unfused", "tapped", "eager", "float64", "xla"])
def test_every_variant_answers_healthy_rows_alike(model: Models, variant: str) -> None:
    outcome = model("mlp").replay(features(FINE, FINE), variant)

    assert outcome.finite.tolist() == [True, True]
    np.testing.assert_allclose(answer(outcome), [[WANTED], [WANTED]], rtol=1e-5)
    assert not outcome.refused


def test_only_the_graph_as_served_hides_nan(model: Models) -> None:
    outcomes = model("mlp").replay_each(features(MISSING, FINE), ["default", "unfused", "eager"])

    assert {variant: one.finite.tolist() for variant, one in outcomes.items()} == {
        "default": [True, True],
        "unfused": [False, True],
        "eager": [False, True],
    }
    assert answer(outcomes["default"])[0, 0] == pytest.approx(0.0)


def test_only_the_tapped_variant_measures_layers(model: Models) -> None:
    laboratory = model("mlp")
    taps = laboratory.facts().taps
    tapped = laboratory.replay(features(FINE, MISSING), "tapped").magnitudes

    assert tapped is not None
    assert tapped.shape == (2, len(taps))
    assert np.isfinite(tapped[0]).all()
    assert not np.isfinite(tapped[1]).all()
    assert laboratory.replay(features(FINE), "eager").magnitudes is None


def test_rows_of_another_width_are_refused_one_by_one(model: Models) -> None:
    outcome = model("mlp").replay(rows_of(features=np.ones((2, 5))), "unfused")

    assert sorted(outcome.refused) == [0, 1]
    assert outcome.finite.tolist() == [False, False]


def test_nan_that_came_in_is_traced_to_the_input(model: Models) -> None:
    trail = only(model("mlp").trace(features(FINE, MISSING, MISSING)))

    assert trail.rows == (1, 2)
    assert [(one["kind"], one["name"], one["value"]) for one in trail.sources] == [("input", "features", "NaN")]


def test_healthy_rows_are_in_no_trail(model: Models) -> None:
    assert model("mlp").trace(features(FINE, FINE)) == []


def test_a_bad_weight_is_the_source_of_every_row(model: Models) -> None:
    trail = only(model("nested").trace(features(FINE, FINE)))

    assert trail.rows == (0, 1)
    assert [(one["kind"], one["layer"]) for one in trail.sources] == [("weight", "encoder/projection")]
    assert trail.first_nan is not None
    assert trail.first_nan["kind"] == "weight"


def test_an_operation_outside_its_domain_is_a_source_with_its_operands(model: Models) -> None:
    trail = only(model("logarithm").trace(rows_of(numbers=np.array([[1.0, 2.0, 3.0], [1.0, 0.0, 3.0]]))))

    assert trail.rows == (1,)
    (source,) = trail.sources
    assert (source["kind"], source["operation"], source["value"]) == ("operation", "Log", "-Infinity")
    assert source["operands"] == [0.0]


def test_a_guard_cures_the_operation_that_the_trace_names(model: Models) -> None:
    laboratory = model("logarithm")
    rows = rows_of(numbers=np.array([[1.0, 0.0, 3.0]]))
    (source,) = only(laboratory.trace(rows)).sources

    outcome = laboratory.experiment(rows, {"guard": {source["name"]: source["operation"]}})

    assert outcome.finite.all()
    assert not outcome.idle


def test_a_repaired_weight_cures(model: Models) -> None:
    outcome = model("nested").experiment(features(FINE), {"weights": "repair"})

    assert outcome.finite.all()
    assert not outcome.idle


@pytest.mark.parametrize("change", [{"weights": "repair"}, {"weights": "statistics", "layer": "hidden"}])
def test_an_experiment_that_finds_nothing_to_change_says_so(model: Models, change: dict[str, str]) -> None:
    outcome = model("mlp").experiment(features(FINE), change)

    assert outcome.idle
    np.testing.assert_allclose(answer(outcome), [[WANTED]], rtol=1e-5)


def test_weights_that_are_small_already_are_not_scaled(model: Models) -> None:
    assert model("mlp").experiment(features(FINE), {"weights": "scale", "layer": "hidden"}).idle
