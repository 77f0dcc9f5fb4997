"""Builds cases in one process that keeps TensorFlow warm, a folder a case: the files of a call, and `truth.json`.

    python -m tests.cases.runner.build_cases FOLDER NAME ...

Prints the name of each case once its folder is complete.
"""

import json
import sys
import traceback
from collections.abc import Mapping
from contextlib import redirect_stdout
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import tensorflow as tf

from tests.cases.runner import casekit

CASES = Path(__file__).resolve().parents[1]
ARRAYS = {"rows": "inputs", "reference": "inputs", "outputs": "outputs"}  # what one nameless array is called


def main() -> None:
    folder = Path(sys.argv[1])
    sys.modules["casekit"] = casekit
    for name in sys.argv[2:]:
        try:
            with redirect_stdout(sys.stderr):
                build_case(name, folder / name)
        except Exception:  # noqa: BLE001 - one broken case costs itself only
            traceback.print_exc()
        else:
            print(name, flush=True)  # noqa: T201 - the parent reads it


def build_case(name: str, folder: Path) -> None:
    """Writes what `manage.py diagnose` would be given, and the truth."""
    case = _module(name)
    built = case.build()
    folder.mkdir()
    _save(built["model"], built.get("format", "keras"), folder)
    for part, single in ARRAYS.items():
        if built.get(part) is not None:
            values = built[part] if isinstance(built[part], Mapping) else {single: built[part]}
            np.savez(folder / f"{part}.npz", **values)
    for part in ("metadata", "environment"):
        if built.get(part):
            (folder / f"{part}.json").write_text(json.dumps(built[part]))
    (folder / "truth.json").write_text(json.dumps(case.CASE))


def _module(name: str) -> ModuleType:
    spec = spec_from_file_location(f"case_{name}", CASES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    found = module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def _save(model: Any, kind: str, folder: Path) -> None:
    if kind != "savedmodel":
        model.save(folder / f"model.{kind}")
    elif callable(getattr(model, "export", None)):
        model.export(folder / "model.savedmodel", verbose=False)
    else:
        signatures = {"serving_default": model.serve}
        tf.saved_model.save(model, str(folder / "model.savedmodel"), signatures=signatures)


if __name__ == "__main__":
    main()
