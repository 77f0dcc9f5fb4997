"""Trains demo models: `python -m monitoring.demo.train FOLDER NAME...`, where TensorFlow is imported.

Says on standard output, one JSON line each, which model is in training and which is ready in the folder.
"""

import json
import sys
from pathlib import Path

from monitoring.demo import cancer, digits, weather
from monitoring.demo.traffic import write_version

TRAINERS = {weather.NAME: weather.train, cancer.NAME: cancer.train, digits.NAME: digits.train}


def main(folder: Path, names: list[str]) -> None:
    trainers = {name: TRAINERS[name] for name in names}
    import tensorflow  # noqa: F401 - takes seconds; only then is the first model really in training

    for name, train in trainers.items():
        _say("training", name)
        for version in train():
            write_version(version, folder)
        _say("ready", name)


def _say(event: str, name: str) -> None:
    sys.stdout.write(json.dumps({"event": event, "name": name}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
