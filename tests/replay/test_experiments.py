"""The model with one thing changed."""

import numpy as np
import pytest

from tests.replay.conftest import Laboratory
from tests.replay.rows import ordinary, rows_of


def test_weights_without_nan(laboratory: Laboratory) -> None:
    lab, rows = laboratory("nested.keras"), rows_of(**ordinary("nested", 3))

    assert lab.experiment(rows, {"weights": "repair"}).finite.all()
    assert not lab.replay(rows, "unfused").finite.any(), "the experiment changed the model for good"


def test_a_possible_variance(laboratory: Laboratory) -> None:
    lab, rows = laboratory("convolution.keras"), rows_of(**ordinary("convolution", 3))

    assert lab.experiment(rows, {"weights": "statistics", "layer": "norm"}).finite.all()
    assert not lab.experiment(rows, {"weights": "statistics", "layer": "conv"}).finite.any()


def test_an_operation_inside_its_domain(laboratory: Laboratory) -> None:
    lab, rows = laboratory("logarithm.keras"), rows_of(numbers=[[0.0, 0.5, 1.0], [-3.0, 1.0, 1.0], [1.0, 1.0, 1.0]])
    (trail, *_) = lab.trace(rows)
    place = trail.sources[0]

    outcome = lab.experiment(rows, {"guard": {place["name"]: place["operation"]}})

    assert outcome.finite.all()
    (guarded,), (plain,) = outcome.outputs.values(), lab.replay(rows, "unfused").outputs.values()
    assert guarded[2] == pytest.approx(plain[2]), "a healthy row must not notice the guard"


def test_every_operation_inside_its_domain(laboratory: Laboratory) -> None:
    lab = laboratory("domains.keras")
    rows = rows_of(numbers=[[1, 1, 0, 0.5, 0.5, 0.5], [0.5] * 6], matrix=[[[1.0, 1], [1, 1]], [[2.0, 1], [1, 2]]])
    (trail,) = lab.trace(rows)

    outcome = lab.experiment(rows, {"guard": {place["name"]: place["operation"] for place in trail.sources}})

    assert {place["operation"] for place in trail.sources} >= {"Erfinv", "Atanh", "LogMatrixDeterminant"}
    assert lab.replay(rows, "unfused").finite.tolist() == [False, True]
    assert outcome.finite.all()


def test_an_exponential_in_a_loop(laboratory: Laboratory) -> None:
    lab, rows = laboratory("lstm.keras"), rows_of(series=np.zeros((2, 8, 1)))
    place = lab.trace(rows)[0].sources[0]

    assert not lab.replay(rows, "unfused").finite.any()
    assert lab.experiment(rows, {"guard": {place["name"]: place["operation"]}}).finite.all()


def test_wider_precisions(laboratory: Laboratory) -> None:
    lab, rows = laboratory("half.keras"), rows_of(numbers=np.full((2, 8), 3e4))

    assert not lab.replay(rows, "unfused").finite.any()
    assert lab.replay(rows, "float32").finite.all()
    (answers,) = lab.replay(rows, "float64").outputs.values()
    assert np.isfinite(answers).all()
