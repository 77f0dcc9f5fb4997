"""Losses as Keras writes them into a file, and the spread that initialisers give."""

from typing import Any

import pytest

from nantrace.audit import training_setup
from tests.audit.facts import facts, layer

LOGITS = {"class_name": "CategoricalCrossentropy", "config": {"from_logits": True}}
PLAIN = {"class_name": "BinaryCrossentropy", "config": {"from_logits": False}}
FUNCTION = {"class_name": "function", "config": "sparse_categorical_crossentropy"}


def mismatches(loss: Any, *activations: str | None) -> list[str | None]:
    answering = [{"output": f"out_{i}", "layer": f"layer_{i}", "activation": one} for i, one in enumerate(activations)]
    known = facts(artifact={"answering": answering, "compiled": {"loss": loss} if loss else {}})
    return [one.layer for one in training_setup.loss_mismatches(known)]


@pytest.mark.parametrize("loss", ["binary_crossentropy", PLAIN, FUNCTION, {"class_name": "CategoricalCrossentropy"}])
def test_probabilities_need_an_activation(loss: Any) -> None:
    assert mismatches(loss, "linear") == ["layer_0"]
    assert mismatches(loss, "sigmoid") == []
    assert mismatches(loss, None) == []


def test_logits_need_none() -> None:
    assert mismatches(LOGITS, "softmax") == ["layer_0"]
    assert mismatches(LOGITS, "linear") == []


@pytest.mark.parametrize("loss", ["mse", {"class_name": "Huber", "config": {}}, {}, None, 3])
def test_other_losses_say_nothing(loss: Any) -> None:
    assert mismatches(loss, "linear") == []


def test_each_output_has_its_own_loss() -> None:
    by_name = {"out_0": "mse", "out_1": LOGITS}
    assert mismatches(by_name, "linear", "softmax") == ["layer_1"]
    assert mismatches(["binary_crossentropy", "mse"], "linear", "linear") == ["layer_0"]


@pytest.mark.parametrize(("units", "axis", "expected"), [(1, None, 1), (1, -1, 1), (1, 1, 0), (2, None, 0)])
def test_a_softmax_over_one_unit_answers_one(units: int, axis: int | None, expected: int) -> None:
    known = facts(artifact={"layers": [layer("score", "Dense", activation="softmax", units=units, axis=axis)]})
    assert len(list(training_setup.softmax_of_one(known))) == expected


@pytest.mark.parametrize(
    ("initializer", "loud"),
    [
        ({"class": "RandomNormal", "stddev": 1.0, "fan_in": 256}, True),
        ({"class": "RandomNormal", "stddev": 1.0, "fan_in": 4}, False),
        ({"class": "RandomNormal", "stddev": 0.05, "fan_in": 4096}, False),
        ({"class": "RandomUniform", "minval": -2.0, "maxval": 2.0, "fan_in": 400}, True),
        ({"class": "VarianceScaling", "scale": 2.0, "fan_in": 100_000}, False),
        ({"class": "VarianceScaling", "scale": 400.0, "fan_in": 9}, True),
        ({"class": "GlorotUniform", "fan_in": 100_000}, False),
    ],
)
def test_initialisers_are_judged_by_the_width_they_meet(initializer: dict[str, Any], loud: bool) -> None:
    known = facts(artifact={"layers": [layer("wide", "Dense", initializers={"kernel_initializer": initializer})]})
    assert [one.layer for one in training_setup.large_initializers(known)] == (["wide"] if loud else [])
