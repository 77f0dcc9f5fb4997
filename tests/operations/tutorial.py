"""The small model of many tutorials, saved by a process of its own: TensorFlow stays out of this one."""

import subprocess
import sys
from pathlib import Path

SAVE = """
import sys, keras
keras.utils.set_random_seed(1)
keras.Sequential(
    [keras.Input((3,)), keras.layers.Dense(10, activation="relu"), keras.layers.Dense(1)]
).save(sys.argv[1])
"""


def save_tutorial_model(path: Path) -> None:
    """Writes it as `.keras`: three features in, one number out, the same weights always."""
    subprocess.run([sys.executable, "-c", SAVE, path], check=True, capture_output=True)
