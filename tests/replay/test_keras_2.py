"""Models that Keras 2 saved answer as Keras 2 answers; what needs code of its author is refused with a way out."""

import re
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.replay.replay_errors import RefusedModelError
from nantrace.replay.replayer import Replayer
from tests.replay.models import build_models, write_models
from tests.replay.rows import rows_of

FILES = [f"keras2_{name}{suffix}" for name in ("series", "image", "attention") for suffix in (".h5", ".keras")]
WITH_AUTHORS_CODE = [
    "keras2_custom.h5",
    "keras2_custom.keras",
    "keras2_custom_and_lambda.h5",
    "keras2_with_lambda.h5",
    "custom.keras",
    "lambda.keras",
]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_models(tmp_path_factory.mktemp("keras_2"), "keras_2_models")
    return build_models(folder, "custom.keras", "lambda.keras")


@pytest.mark.parametrize("name", FILES)
def test_it_answers_what_tf_keras_answers(replayer: Replayer, models: Path, name: str) -> None:
    rows, *answers = np.load(models / f"{name}.npz").values()
    lab = ReplayLaboratory(replayer, models / name)

    for variant in ("default", "unfused", "eager", "float64", "interpreted"):
        outcome = lab.replay(rows_of(inputs=rows), variant)
        assert not outcome.refused, variant
        for answer, expected in zip(outcome.outputs.values(), answers, strict=True):
            assert np.allclose(answer, expected, rtol=1e-4, atol=1e-6), variant
    assert lab.facts().software["keras"].startswith("2.")


def test_the_origin_of_a_bad_value_has_the_name_of_its_layer(replayer: Replayer, models: Path) -> None:
    rows, *_ = np.load(models / "keras2_image.h5.npz").values()

    (group,) = ReplayLaboratory(replayer, models / "keras2_image.h5").trace(
        rows_of(inputs=np.where(rows > 0, 3e38, rows))
    )

    assert group.rows == (0, 1, 2, 3, 4)
    assert {one["layer"] for one in group.sources} <= {"depthwise", "separable", "norm", "global_average_pooling2d"}


def test_a_saved_model_with_slots_of_an_optimizer_loads(replayer: Replayer, models: Path) -> None:
    laboratory = ReplayLaboratory(replayer, models / "keras2_trained")
    outcome = laboratory.replay(rows_of(pixels=np.ones((2, 8, 8, 3))), "default")

    assert outcome.finite.all()


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
def test_code_of_the_author_is_named(replayer: Replayer, models: Path, suffix: str) -> None:
    with pytest.raises(RefusedModelError, match="the function clipped and the class Scaling, which its author wrote"):
        replayer.describe(models / f"keras2_custom{suffix}")
    with pytest.raises(RefusedModelError, match="the code of a Lambda layer, which its author wrote"):
        replayer.describe(models / f"keras2_with_lambda{suffix}")


@pytest.mark.parametrize("name", WITH_AUTHORS_CODE)
def test_the_way_out_is_true(replayer: Replayer, models: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(RefusedModelError) as refused:
        replayer.describe(models / name)
    lines = refused.value.way_out.partition(": ")[2].replace(f'"{name}"', repr(str(models / name)))
    code = (
        "import h5py, keras, tf_keras\n"
        "from tests.replay.keras_2_models import Scaling, clipped\n"
        "from tests.replay.keras_models import Scaling as Keras3Scaling\n"
        f"{'Scaling = Keras3Scaling' if name == 'custom.keras' else ''}\n{lines}"
    )

    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(root)}, check=True)

    (spec,) = replayer.inputs(tmp_path / "folder")
    if name.startswith("keras2"):
        rows, expected = np.load(models / f"{name}.npz").values()
        outcome = ReplayLaboratory(replayer, tmp_path / "folder").replay(rows_of(**{spec.name: rows}), "default")
        (answer,) = outcome.outputs.values()
        assert np.allclose(answer, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("version", ["1.2.2", "1.0.8"])
def test_keras_1_is_refused_as_what_it_is(replayer: Replayer, tmp_path: Path, version: str) -> None:
    with h5py.File(tmp_path / "old.h5", "w") as file:
        file.attrs["keras_version"] = version.encode()
        file.attrs["model_config"] = '{"class_name": "Sequential", "config": [{"class_name": "Convolution2D"}]}'

    with pytest.raises(RefusedModelError, match=re.escape(f"saved by Keras {version}, and no Keras since version 2")):
        replayer.describe(tmp_path / "old.h5")


def test_weights_alone_are_no_model(replayer: Replayer, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "weights.h5", "w") as file:
        file.attrs["keras_version"] = "2.1.5"

    with pytest.raises(RefusedModelError, match="holds weights and no model"):
        replayer.describe(tmp_path / "weights.h5")
