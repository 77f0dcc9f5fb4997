"""`nantrace.diagnose` and `nantrace.audit` with a model file and with a Keras model in memory."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nantrace
from nantrace.command.main import main
from nantrace.replay.replay_errors import CannotLockError
from tests.operations.running import ROOT
from tests.operations.tutorial import save_tutorial_model

ROWS = [[1, 2, None], [3, 4, 5], [6, np.nan, 8]]
NAMES = ["tenure", "income", "age"]
LIBRARY = """
import json, sys
import keras, numpy as np
import nantrace

model = keras.models.load_model(sys.argv[1])
rows = np.array([[1, 2, np.nan], [3, 4, 5], [6, np.nan, 8]])
weights = [one.copy() for one in model.get_weights()]
report = nantrace.diagnose(model, rows, outputs=[[0.0], [0.67], [0.0]])
assert all((one == other).all() for one, other in zip(weights, model.get_weights()))
json.dump(report.to_dict(), sys.stdout)
"""

pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tutorial") / "tutorial.keras"
    save_tutorial_model(path)
    return path


@pytest.fixture
def kernel_without_a_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python that has no `landlock`, as on macOS."""
    python = tmp_path / "python"
    python.write_text(
        f"#!/bin/sh\nshift 2\nexec {sys.executable} -c '"
        'import runpy, sys; sys.modules["landlock"] = None; '
        'runpy.run_module("nantrace.replay.zygote", run_name="__main__", alter_sys=True)'
        '\' "$@"\n'
    )
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))


def test_columns_of_a_frame_are_the_features(tutorial: Path) -> None:
    reference = pd.DataFrame(np.random.default_rng(0).uniform(1, 9, (200, 3)), columns=NAMES)
    rows = pd.DataFrame(ROWS, columns=NAMES, dtype=float)[NAMES[::-1]].assign(id=[1, 2, 3])
    report = nantrace.diagnose(tutorial, rows, reference=reference)
    [incident] = report.incidents
    assert (incident.symptom, incident.cause, incident.row_indices) == ("absorbed", "input_missing", [0, 2])
    assert {(one.name, one.index) for one in incident.features} == {("income", 1), ("age", 2)}
    assert report.notes == ["Left out, because the list of features has no such column: 'id'"]
    assert any(remedy.proven for remedy in incident.remedies)
    assert "income" in report._repr_html_()


def test_a_keras_model_is_run_as_it_is(tutorial: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """In a process of its own: TensorFlow stays out of this one. The document is that of the command on files."""
    done = subprocess.run([sys.executable, "-c", LIBRARY, tutorial], capture_output=True, check=True, cwd=ROOT)
    report = json.loads(done.stdout)
    np.save(tmp_path / "rows.npy", np.array(ROWS, float))
    np.save(tmp_path / "served.npy", np.array([[0.0], [0.67], [0.0]]))
    files = [str(tutorial), "--inputs", str(tmp_path / "rows.npy"), "--outputs", str(tmp_path / "served.npy")]
    assert main(["diagnose", *files, "--json"]) == 1
    assert json.loads(capfd.readouterr().out) == report


@pytest.mark.usefixtures("kernel_without_a_lock")
def test_where_models_cannot_be_locked_in_the_caller_is_asked(
    tutorial: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CannotLockError) as caught:
        nantrace.diagnose(tutorial, ROWS)
    assert str(caught.value) == (
        "models cannot be locked in here: the package `landlock` works on Linux only. If you trust this model like "
        "your own code, pass trust_model=True, or --trust-model on the command line"
    )
    np.save(tmp_path / "rows.npy", np.array(ROWS, float))
    assert main(["audit", str(tutorial)]) == 2, "a machine that cannot lock is no finding about the model"
    assert "trust_model=True" in capsys.readouterr().err
    assert main(["diagnose", str(tutorial), "--inputs", str(tmp_path / "rows.npy"), "--trust-model"]) == 1


def test_an_audit_without_rows(tutorial: Path) -> None:
    report = nantrace.audit(tutorial, reference=np.random.default_rng(0).uniform(1, 9, (200, 3)))
    assert report.to_dict() == {"state": "passed", "findings": []}


def test_models_that_are_none() -> None:
    for model, why in (
        (object(), "is no model but object; give a path or a Keras model"),
        ("nowhere.keras", "cannot be read"),
    ):
        with pytest.raises(nantrace.Refusal, match=why) as caught:
            nantrace.diagnose(model, ROWS)
        assert caught.value.field == "model"
