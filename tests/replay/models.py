"""Writes the models of the tests in a process of its own, so that this one never imports TensorFlow."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def build_models(folder: Path, *names: str) -> Path:
    """The folder with the models of `build_models.py`; all without names."""
    return write_models(folder, "build_models", *names)


def write_models(folder: Path, module: str, *names: str) -> Path:
    """The folder with what another module of this package writes into it."""
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-m", f"tests.replay.{module}", str(folder), *names]
    built = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr[-3000:]
    return folder
