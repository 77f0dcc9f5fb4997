"""Outputs of a model keep their names in every child and every format."""

import os
import subprocess
import sys
from pathlib import Path


def test_outputs_keep_their_names_however_they_are_nested() -> None:
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    program = [sys.executable, "-m", "tests.replay.check_outputs"]
    root = Path(__file__).parents[2]
    done = subprocess.run(program, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
