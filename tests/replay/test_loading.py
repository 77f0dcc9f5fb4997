"""What can be loaded, and what is refused."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nantrace.replay.replay_errors import RefusedModelError
from nantrace.replay.replayer import Replayer
from tests.replay.conftest import Laboratory
from tests.replay.rows import rows_of

ROWS = np.array([[1.0, 2.0, 3.0], [0.5, 0.25, 0.0]])


def expected(rows: NDArray[Any]) -> NDArray[Any]:
    """The tutorial's model, by hand."""
    return np.asarray(np.maximum(rows @ np.linspace(0.1, 0.9, 30).reshape(3, 10) + 0.1, 0).sum(axis=1, keepdims=True))


@pytest.mark.parametrize("name", ["mlp.keras", "mlp.h5", "mlp"])
def test_each_format_answers_what_the_model_computes(laboratory: Laboratory, name: str) -> None:
    lab = laboratory(name)

    for variant in ("default", "unfused", "eager", "float32", "float64", "interpreted"):
        outcome = lab.replay(rows_of(features=ROWS), variant)
        (answers,) = outcome.outputs.values()
        assert np.allclose(answers, expected(ROWS), rtol=1e-5), variant
        assert outcome.finite.all()
        assert not outcome.refused


def test_a_model_tells_about_itself(laboratory: Laboratory) -> None:
    facts = laboratory("mlp.keras").facts()

    assert facts.name == "mlp"
    assert [(one["name"], one["dtype"], list(one["shape"])) for one in facts.inputs] == [
        ("features", "float32", [None, 3])
    ]
    assert {one["path"].split("/")[-2] for one in facts.weights} == {"hidden", "out"}
    assert set(facts.software) == {"tensorflow", "keras"}
    assert not facts.low_precision


def test_half_precision_is_told(laboratory: Laboratory) -> None:
    assert laboratory("half.keras").facts().low_precision


def test_weights_that_are_nan_are_told(laboratory: Laboratory) -> None:
    (bad,) = (one for one in laboratory("nested.keras").facts().weights if one["nonfinite"])

    assert bad["path"].endswith("projection/kernel")
    assert bad["nonfinite"] == 1


def test_weights_of_the_same_name_in_two_inner_models_are_both_told(laboratory: Laboratory) -> None:
    told = laboratory("twins.keras").facts().weights

    assert sum(tuple(one["shape"]) == (3, 2) for one in told) == 2


def test_what_a_masking_layer_skips_is_known_of_an_input_that_it_reads_as_sent(laboratory: Laboratory) -> None:
    assert {one["name"]: one["mask_value"] for one in laboratory("padded.keras").facts().inputs} == {
        "sent": -1.0,
        "scaled": None,
    }


def test_inputs_of_each_kind(laboratory: Laboratory) -> None:
    told = laboratory("two_inputs.keras").facts().inputs

    assert {(one["name"], one["dtype"]) for one in told} == {("tokens", "int32"), ("numbers", "float32")}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("lambda.keras", "the file needs the code of a Lambda layer, .* export the model as a SavedModel"),
        ("custom.keras", "the file needs the class Scaling, .* export the model as a SavedModel"),
        ("by_the_row.keras", "the model takes batches of 1 row only"),
    ],
)
def test_what_cannot_be_run_is_refused_with_a_way_out(replayer: Replayer, models: Path, name: str, reason: str) -> None:
    with pytest.raises(RefusedModelError, match=reason):
        replayer.describe(models / name)


@pytest.mark.parametrize("name", ["broken.keras", "broken.h5"])
def test_a_file_that_is_no_model_is_refused(replayer: Replayer, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04 this is no archive")

    with pytest.raises(RefusedModelError):
        replayer.describe(tmp_path / name)


def test_a_folder_that_is_no_model_is_refused(replayer: Replayer, tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"\x08\x01")

    with pytest.raises(RefusedModelError):
        replayer.describe(tmp_path)


def test_the_signature_that_is_named_is_replayed(laboratory: Laboratory) -> None:
    default = laboratory("signatures")
    compare = replace(default, signature="compare")

    pairs = rows_of(query=ROWS[:, :2], negated=np.array([True, False]))

    assert np.allclose(default.replay(rows_of(x=ROWS[:, :2]), "default").outputs["y"], ROWS[:, :2] @ [[2], [3]])
    assert np.allclose(compare.replay(pairs, "default").outputs["score"], [-3.0, 0.75])
    assert np.allclose(compare.replay(pairs, "interpreted").outputs["score"], [-3.0, 0.75])
    assert {one["name"] for one in compare.facts().inputs} == {"query", "negated"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("signatures", "no signature 'rank'; it has serving_default, compare, parse, decode"),
        ("mlp.keras", "only a SavedModel"),
    ],
)
def test_a_signature_that_is_not_there_is_refused(replayer: Replayer, models: Path, name: str, reason: str) -> None:
    with pytest.raises(RefusedModelError, match=reason):
        replayer.describe(models / name, "rank")


def test_refusing_one_leaves_the_others(laboratory: Laboratory) -> None:
    lab = laboratory("mlp.keras")
    with pytest.raises(RefusedModelError):
        laboratory("lambda.keras").facts()

    assert lab.replay(rows_of(features=ROWS), "default").finite.all()
