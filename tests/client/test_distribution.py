"""The distribution: a wheel of the package alone, which needs numpy and nothing else."""

import re
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import nanwatch_client

from tests.operations.running import ROOT

BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"
CLIENT = ROOT / "client"


def test_the_wheel_holds_the_package(tmp_path: Path) -> None:
    source = tmp_path / "client"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "nanwatch_client"):
        (source / name).symlink_to(CLIENT / name)
    subprocess.run([sys.executable, "-c", BUILD, tmp_path], cwd=source, check=True, capture_output=True)

    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = [archive.read(name).decode() for name in names if name.endswith("METADATA")]
    assert any(name.endswith("/LICENSE") for name in names)
    packaged = {name for name in names if name.startswith("nanwatch_client/")}
    modules = {f"nanwatch_client/{path.name}" for path in (CLIENT / "nanwatch_client").glob("*.py")}
    assert packaged == modules | {"nanwatch_client/py.typed"}
    told = Parser().parsestr(metadata)
    assert (told["Name"], told["Version"]) == ("nanwatch-client", nanwatch_client.__version__)
    assert told.get_all("Requires-Dist") == ["numpy>=1.23"]


def test_it_imports_numpy_and_the_standard_library_only() -> None:
    imported = set()
    for path in (CLIENT / "nanwatch_client").glob("*.py"):
        found = re.findall(r"^\s*(?:from|import) (\w+)", path.read_text(), re.MULTILINE)
        imported |= set(found)
    assert imported - set(sys.stdlib_module_names) == {"numpy", "nanwatch_client"}
