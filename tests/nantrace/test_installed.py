"""The wheel in environments of its own: with numpy alone, and with what it asks for; a notebook that runs there."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nantrace
from tests.operations.running import ROOT
from tests.operations.tutorial import save_tutorial_model

NOTEBOOK = ROOT / "docs" / "notebooks" / "first-diagnosis.ipynb"
UV = Path(sys.executable).with_name("uv")
BARE = """
import sys
import nantrace

assert not {"tensorflow", "keras", "pyarrow", "rich", "h5py"} & set(sys.modules), sorted(sys.modules)
from pathlib import Path
import numpy as np

rows = np.random.default_rng(0).normal(size=(300, 2))
np.savez("rows.npz", inputs=rows)
np.save("rows.npy", rows * 50)
report = nantrace.drift("rows.npz", "rows.npy")
assert report.alarm and report._repr_html_() and report.to_dict()["features"], repr(report)
assert not {"tensorflow", "pyarrow", "rich"} & set(sys.modules)
Path("rows.csv").write_text("a,b\\n1,2\\n")
calls = (report.print, lambda: nantrace.drift("rows.csv", "rows.csv"), lambda: nantrace.audit("model.keras"))
for call in calls:
    try:
        call()
    except nantrace.MissingPackageError as error:
        print(error)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: a build leaves files behind, and takes up what an earlier one left."""
    folder = tmp_path_factory.mktemp("wheel")
    leftovers = shutil.ignore_patterns("build", "*.egg-info", "__pycache__")
    shutil.copytree(ROOT / "distribution", folder / "distribution", ignore=leftovers)
    shutil.copytree(ROOT / "nantrace", folder / "nantrace", ignore=leftovers)
    shutil.copy(ROOT / "LICENSE", folder)
    uv("build", "--wheel", "--out-dir", folder, folder / "distribution")
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel, what it asks for, and what a notebook needs."""
    python = environment(tmp_path_factory.mktemp("installed"))
    uv("pip", "install", "--python", python, wheel, "ipykernel", "scikit-learn")
    return python


def environment(folder: Path) -> Path:
    uv("venv", "--python", sys.executable, folder / "venv")
    return folder / "venv" / "bin" / "python"


def uv(*arguments: object) -> None:
    subprocess.run([UV, "--quiet", *map(str, arguments)], check=True, env={"UV_SYSTEM_CERTS": "true", **os.environ})


def test_the_wheel_holds_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        about = Parser().parsestr(next(archive.read(name).decode() for name in names if name.endswith("METADATA")))
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "nantrace").rglob("*.py")}
    assert {name for name in names if name.startswith("nantrace/")} == modules | {
        "nantrace/py.typed",
        "nantrace/report/report.css",
    }
    assert any(name.endswith("/LICENSE") for name in names)
    assert (about["Name"], about["Version"]) == ("nantrace", nantrace.__version__)
    assert "pip install nantrace" in about.get_payload()


def test_the_service_asks_for_the_same_packages() -> None:
    service = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    engine = tomllib.loads((ROOT / "distribution" / "pyproject.toml").read_text())["project"]["dependencies"]
    assert set(engine) <= set(service)


@pytest.mark.tensorflow
def test_with_numpy_alone(wheel: Path, tmp_path: Path) -> None:
    python = environment(tmp_path)
    uv("pip", "install", "--python", python, "numpy")
    uv("pip", "install", "--python", python, "--no-deps", wheel)
    done = subprocess.run([python, "-c", BARE], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "a report as text needs the package rich, which is not installed here: pip install rich",
        "reading a .csv file needs the package pyarrow, which is not installed here: pip install pyarrow",
        "replaying a model needs the package tensorflow, which is not installed here: pip install tensorflow",
    ]


@pytest.mark.tensorflow
def test_the_command_where_it_is_installed(installed: Path, tmp_path: Path) -> None:
    """In an empty environment, from a folder that holds no checkout."""
    save_tutorial_model(tmp_path / "tutorial.keras")
    np.save(tmp_path / "rows.npy", np.array([[1, 2, np.nan], [3, 4, 5], [6, np.nan, 8]]))
    command = [str(installed.with_name("nantrace")), "diagnose", "tutorial.keras", "--inputs", "rows.npy", "--json"]
    done = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    document = json.loads(done.stdout)
    assert document["rows"] == 3
    [incident] = document["incidents"]
    assert (incident["symptom"], incident["cause"]) == ("absorbed", "input_missing")
    assert incident["row_indices"] == [0, 2]


@pytest.mark.tensorflow
def test_the_notebook_of_the_documentation(installed: Path, tmp_path: Path) -> None:
    import nbformat
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    notebook: Any = nbformat.reads(NOTEBOOK.read_text(), as_version=4)  # type: ignore[no-untyped-call]
    kernel = AsyncKernelManager(kernel_name="python3")
    assert kernel.kernel_spec is not None
    kernel.kernel_spec.argv = [str(installed), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, km=kernel, timeout=600, resources=resources).execute()
    diagnosis, cured, drift, audit = [html for cell in notebook.cells for html in shown(cell)]
    for claim in ("Hidden NaN", "input_missing", "income", "age", "proven by replay", "first bad layer"):
        assert claim in diagnosis, claim
    assert "3 rows, nothing wrong." in cured
    assert "In another unit" in drift
    assert "The audit passed" in audit
    pasted(notebook)


def shown(cell: Any) -> list[str]:
    """The HTML outputs of a cell, without their style."""
    found = [output["data"]["text/html"] for output in cell.get("outputs", []) if "text/html" in output.get("data", {})]
    return [re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL) for html in found]


def pasted(notebook: Any) -> None:
    """The remedy in the notebook is the one that the report offers."""
    offered = next(cell for cell in notebook.cells if "remedies[0].code" in cell["source"])["outputs"][0]["text"]
    offered = offered.replace("'", '"')  # as ruff formats the notebook
    code = [line.split("  #")[0] for line in offered.splitlines()[1:] if line and not line.startswith("#")]
    source = next(cell["source"] for cell in notebook.cells if "training_rows, rows =" in cell["source"])
    assert code
    assert all(line in source for line in code), code
