"""`python -m monitoring.demo`: fills the service at NANWATCH_DEMO_URL, with the key NANWATCH_DEMO_KEY.

Runs once: models that are registered already are left alone.
"""

import json
import os
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from monitoring.demo.api import Api, ApiError
from monitoring.demo.training_process import TrainingError, train_models

MODELS = ("weather-temperature", "breast-cancer", "digits")
PATIENCE = 60  # seconds for the service to answer


def main() -> int:
    try:
        fill(Api(os.environ["NANWATCH_DEMO_URL"], os.environ["NANWATCH_DEMO_KEY"]))
    except KeyError as missing:
        _print(f"{missing.args[0]} is not set")
        return 2
    except (ApiError, TrainingError) as error:
        _print(f"stopped: {error}")
        return 1
    return 0


def fill(api: Api) -> None:
    """Trains the models that are not registered yet and posts each as soon as it is ready."""
    _wait_until_alive(api)
    wanted = [name for name in MODELS if name not in api.model_names()]
    if not wanted:
        return _print("its models are here already")
    _print("starting TensorFlow ...")
    with TemporaryDirectory(prefix="nanwatch-demo-") as name:
        folder = Path(name)
        for event, model in train_models(folder, wanted):
            if event == "training":
                _print(f"training {model} ...")
            else:
                rows = post_model(api, folder / model, datetime.now(UTC))
                _print(f"{model} is registered, {rows} rows posted")
    return _print("done, the dashboard has a day of traffic to show")


def post_model(api: Api, folder: Path, now: datetime) -> int:
    """Posts every version under `folder` (one model), the oldest version first; returns how many rows."""
    return sum(_post_version(api, version, now) for version in sorted(folder.iterdir()))


def _post_version(api: Api, folder: Path, now: datetime) -> int:
    name, version = folder.parent.name, folder.name
    api.register(
        {"name": name, "version": version, "metadata": (folder / "metadata.json").read_text()},
        {
            "artifact": ("model.keras", (folder / "model.keras").read_bytes()),
            "reference": ("reference.npz", (folder / "reference.npz").read_bytes()),
        },
    )
    rows = 0
    for batch in json.loads((folder / "batches.json").read_text()):
        observed_at = now - timedelta(hours=batch.pop("hours_ago"))
        api.send_samples({"model": name, "version": version, "observed_at": observed_at.isoformat(), **batch})
        rows += len(batch["inputs"])
    return rows


def _wait_until_alive(api: Api) -> None:
    deadline = time.monotonic() + PATIENCE
    while not api.alive():
        if time.monotonic() > deadline:
            raise ApiError(f"the service did not answer within {PATIENCE} seconds")
        time.sleep(0.5)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(143)


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    for each in (signal.SIGTERM, signal.SIGINT):  # the trainer and its folder go with this process
        signal.signal(each, _stop)
    sys.exit(main())
