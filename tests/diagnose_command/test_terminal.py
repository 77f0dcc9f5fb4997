"""`manage.py diagnose` as a person starts it: standard error is a terminal, standard output goes to a file."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.operations.running import ROOT

MAKE = """
import sys, keras
layers = [keras.Input((3,)), keras.layers.Dense(10, "relu"), keras.layers.Dense(1)]
keras.Sequential(layers).save(sys.argv[1])
"""
ROWS = "tenure,income,age\n0.1,0.2,0.3\n0.4,,0.6\n-0.1,0.5,0\n"


@pytest.mark.tensorflow
def test_progress_is_for_the_terminal_and_names_come_from_the_table(tmp_path: Path) -> None:
    model, rows = tmp_path / "model.keras", tmp_path / "rows.csv"
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "NANWATCH_DATA_DIR": str(tmp_path), "TERM": "xterm"}
    subprocess.run([sys.executable, "-c", MAKE, str(model)], check=True, env=environment, capture_output=True)
    rows.write_text(ROWS)
    command = [sys.executable, "manage.py", "diagnose", str(model), "--inputs", str(rows), "--json"]
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=theirs) as running:
        os.close(theirs)
        seen = everything(ours)
        assert running.stdout is not None
        printed = json.loads(running.stdout.read())
    assert running.returncode == 1
    assert "loading TensorFlow and model.keras" in seen
    assert re.search("replaying|measuring|following", seen), "later steps are shown as well"
    [incident] = printed["incidents"]
    assert [feature["name"] for feature in incident["features"]] == ["income"]


def everything(terminal: int) -> str:
    """What is written to a terminal until nobody holds its other end, which Linux reports as an error."""
    seen = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            os.close(terminal)
            return seen.decode()
        seen += piece
