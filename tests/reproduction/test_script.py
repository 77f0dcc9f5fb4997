"""The downloaded script, really run with a model file and nothing of this service."""

import hashlib
import io
import math
import shutil
import struct
import subprocess
import sys
import zipfile
from base64 import b64encode
from pathlib import Path

import numpy as np
import pytest

from ingest.models import Batch, Project
from monitoring.models import Incident
from monitoring.reproduction import download
from nantrace.tensors.framing import pack_tensors
from nantrace.tensors.tensor import Sent, Tensor, Tensors
from tests.incidents.builders import hit, make_finding, make_version
from tests.replay.models import build_models

pytestmark = [pytest.mark.django_db, pytest.mark.tensorflow]

MAKE = """
import sys, keras, numpy as np
folder = sys.argv[1]
keras.utils.set_random_seed(3)
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(10, "relu"), keras.layers.Dense(1)])
model.save(f"{folder}/tutorial.keras")
model.export(f"{folder}/saved_model", verbose=False)
x = keras.Input((3,))
filled = keras.ops.where(keras.ops.isnan(x), keras.ops.full_like(x, 0.5), x)
keras.Model(x, model(filled)).save(f"{folder}/repaired.keras")
a, b = keras.Input((2,), name="file"), keras.Input((), dtype="int32", name="kind")
both = keras.layers.Concatenate()([a, keras.layers.Embedding(5, 2)(b)])
keras.Model({"file": a, "kind": b}, keras.layers.Dense(1)(both)).save(f"{folder}/two.keras")
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    run([sys.executable, "-c", MAKE, str(folder)], folder, expected=0)
    shutil.make_archive(str(folder / "packed"), "zip", folder / "saved_model")
    return folder


def run(command: list[str], folder: Path, expected: int) -> str:
    """Away from the service's code and settings."""
    environment = {"PATH": "/usr/bin:/bin", "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        command, check=False, cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == expected, done.stdout + done.stderr
    return done.stdout + (done.stderr if expected == 2 else "")


def incident_of(project: Project, file: Path, title: str = "Two rows miss age", **tensors: Tensor) -> Incident:
    version = make_version(project)
    if file.is_file():
        version.artifact_sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        version.save()
    rows = list(tensors.values()) or [Tensor("inputs", nan_rows())]
    return hit(version, findings=[make_finding(title=title)], payload=pack_tensors(inputs=Tensors.of(*rows)))


def nan_rows() -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    values = np.full((3, 3), 0.5, np.float32)
    values[[0, 2], 1] = np.nan
    return values


def reproduced(incident: Incident, folder: Path, model: Path, *arguments: str, expected: int = 0) -> str:
    with zipfile.ZipFile(io.BytesIO(download(incident).content)) as archive:
        archive.extractall(folder)
    return run([sys.executable, "reproduce.py", str(model), *arguments], folder, expected)


@pytest.mark.parametrize("name", ["tutorial.keras", "saved_model", "packed.zip"])
def test_the_relu_that_hides_nan(project: Project, files: Path, tmp_path: Path, name: str) -> None:
    file = files / name
    told = reproduced(incident_of(project, file), tmp_path, file)
    rows = [line.split() for line in told.splitlines() if "1 NaN or infinite" in line]
    assert [(row[0], row[-2:]) for row in rows] == [("0", ["0", "nan"]), ("2", ["0", "nan"])], told
    assert "origin    input inputs -> NaN" in told
    assert "The failure shows." in told
    if file.is_file():
        assert "as registered" in told


def test_another_file_is_refused_and_may_be_tried(project: Project, files: Path, tmp_path: Path) -> None:
    incident = incident_of(project, files / "saved_model")
    assert "this is not the file that failed" in reproduced(incident, tmp_path, files / "repaired.keras", expected=2)
    told = reproduced(incident, tmp_path, files / "repaired.keras", "--anyway", expected=1)
    assert "The failure does not show here" in told


def test_a_wrong_answer_that_looks_right_is_called_so(project: Project, files: Path, tmp_path: Path) -> None:
    """Finite rows, finite answers: what was lost inside, an infinity in float16 say, shows nowhere outside."""
    file = files / "tutorial.keras"
    incident = incident_of(project, file, inputs=Tensor("inputs", np.full((3, 3), 0.5, np.float32)))
    assert "Not to be seen from outside" in reproduced(incident, tmp_path, file, expected=1)


def test_several_inputs_of_several_types(project: Project, files: Path, tmp_path: Path) -> None:
    """Also an input called `file`, and a missing integer, which no model can be fed."""
    numbers = Tensor("file", np.array([[np.nan, 1.0], [1.0, 1.0], [1.0, 1.0]]))
    kinds = Tensor("kind", np.array([1, 2, 0]), np.array([0, 0, 1], np.uint8))
    incident = incident_of(project, files / "two.keras", numbers=numbers, kinds=kinds)
    told = reproduced(incident, tmp_path, files / "two.keras")
    first, second = (line for line in told.splitlines() if line[:2] in ("0 ", "2 "))
    assert first.split()[-2:] == ["nan", "nan"]
    assert second.count("raises ValueError") == 2


def test_names_do_not_steer_the_terminal(project: Project, tmp_path: Path) -> None:
    incident = incident_of(project, tmp_path, "\x1b[2Jwiped\nout")
    told = reproduced(incident, tmp_path, tmp_path / "nowhere.keras", expected=2)
    assert "CHURN-1:  [2Jwiped out" in told
    assert "nowhere.keras does not exist" in told


def test_bytes_to_another_signature(project: Project, tmp_path: Path) -> None:
    """Bytes that end in NUL, decoded by the signature that was called: a NaN, and a number."""
    (tmp_path / "models").mkdir()
    models = build_models(tmp_path / "models", "signatures")
    cells = [struct.pack("<f", value) for value in (math.nan, 0.0, math.nan)]
    coded = Tensor("cells", np.array([b64encode(cell).decode() for cell in cells]), np.full(3, Sent.BYTES, np.uint8))
    incident = incident_of(project, models / "signatures", cells=coded)
    Batch.objects.update(signature="decode")

    told = reproduced(incident, tmp_path, models / "signatures")

    rows = [line.split() for line in told.splitlines() if line[:2] in ("0 ", "2 ")]
    assert [row[-2:] for row in rows] == [["nan", "nan"]] * 2, told
