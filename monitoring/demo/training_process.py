"""Training in a process of its own: this one never imports TensorFlow."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


class TrainingError(Exception):
    """The training process failed; the text ends with what it said last."""


def train_models(folder: Path, names: list[str]) -> Iterator[tuple[str, str]]:
    """Trains into `folder`/name/version and yields ("training" or "ready", name) as it goes.

    The process sees no variable of this one that could hold a secret. It answers as a server with oneDNN does, whatever
    this machine is. It ends with this iterator.
    """
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "1",
    }
    train = [sys.executable, "-m", "monitoring.demo.train", str(folder), *names]
    command = [sys.executable, "-m", "nantrace.replay.mortal", str(os.getpid()), "0", *train]
    log = folder / "training.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, env=environment, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        try:
            for line in process.stdout or ():
                event = json.loads(line)
                yield event["event"], event["name"]
        finally:
            if process.poll() is None:
                process.terminate()
    if process.returncode != 0:
        raise TrainingError(f"training ended with status {process.returncode}: {log.read_text()[-500:]}")
