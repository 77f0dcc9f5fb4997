"""Two tables as files, and the command run on them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from django.core.management import call_command
from numpy.typing import NDArray
from pyarrow import parquet

COLUMNS = ["temp", "pressure", "visibility"]
Floats = NDArray[np.float64]
Answer = tuple[int, dict[str, Any]]


def ordinary(rows: int, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    return np.stack([rng.normal(15, 8, rows), rng.normal(1013, 9, rows), rng.gamma(2, 3, rows)], axis=1)


def write(path: Path, rows: Floats, columns: list[str] = COLUMNS) -> Path:
    """The rows in the format that the suffix names; NaN is an empty cell of a CSV."""
    if path.suffix == ".npz":
        np.savez(path, inputs=rows)
    elif path.suffix == ".npy":
        np.save(path, rows)
    elif path.suffix == ".parquet":
        parquet.write_table(pa.table({name: rows[:, i] for i, name in enumerate(columns)}), path)
    else:
        lines = [",".join("" if np.isnan(cell) else repr(float(cell)) for cell in row) for row in rows]
        path.write_text("\n".join([",".join(columns), *lines]) + "\n")
    return path


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    return write(tmp_path / "reference.csv", ordinary(2_000, 0))


@pytest.fixture
def drift(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """The exit code and the JSON of `manage.py drift`."""

    def run(*arguments: object) -> Answer:
        code = 0
        try:
            call_command("drift", *map(str, arguments), "--json")
        except SystemExit as ended:
            code = int(ended.code or 0)
        return code, json.loads(capsys.readouterr().out)

    return run
