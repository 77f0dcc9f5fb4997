"""How long a newcomer waits: importing nantrace with numpy alone, and from an empty environment to a first diagnosis.

`python -m benchmarks.library`, after `make dist`; packages come from the cache of uv.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.operations.tutorial import save_tutorial_model

UV = Path(sys.executable).with_name("uv")
WHEEL = next(Path("dist").glob("nantrace-*.whl"), Path("dist"))
IMPORT = "import time; start = time.perf_counter(); import nantrace; print(time.perf_counter() - start)"
IMPORTS, INSTALLATIONS = 10, 3


def uv(*arguments: object) -> None:
    subprocess.run([UV, "--quiet", *map(str, arguments)], check=True)


def environment(folder: Path, *packages: object) -> Path:
    """The Python of a new environment with these packages."""
    uv("venv", "--python", sys.executable, folder)
    uv("pip", "install", "--python", folder / "bin" / "python", *packages)
    return folder / "bin" / "python"


def import_seconds(folder: Path) -> list[float]:
    python = environment(folder, "numpy")
    uv("pip", "install", "--python", python, "--no-deps", WHEEL)
    run = [str(python), "-c", IMPORT]
    return [float(subprocess.run(run, check=True, capture_output=True, cwd=folder).stdout) for _ in range(IMPORTS)]


def first_diagnosis_seconds(folder: Path, model: Path, rows: Path) -> float:
    """Making the environment, installing the wheel with all it asks for, and one call of the command."""
    start = time.perf_counter()
    python = environment(folder, WHEEL)
    command = [str(python.with_name("nantrace")), "diagnose", str(model), "--inputs", str(rows)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr
    return time.perf_counter() - start


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        imports = import_seconds(folder / "bare")
        print(f"import nantrace: median {statistics.median(imports):.3f} s, longest {max(imports):.3f} s of {IMPORTS}")
        model, rows = folder / "tutorial.keras", folder / "rows.npy"
        save_tutorial_model(model)
        np.save(rows, np.array([[1, 2, np.nan], [3, 4, 5], [6, np.nan, 8]]))
        waits = [first_diagnosis_seconds(folder / f"full-{i}", model, rows) for i in range(INSTALLATIONS)]
        print(f"install and first diagnosis: {', '.join(f'{wait:.1f}' for wait in waits)} s")


if __name__ == "__main__":
    main()
