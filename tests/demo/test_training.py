"""The demo's trainer: healthy rows are answered with numbers, the faults are real ones."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from monitoring.demo.training_process import TrainingError, train_models

pytestmark = pytest.mark.tensorflow

Batches = Callable[[str, str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder with the trained models, and the environment that the trainer saw."""
    folder = tmp_path_factory.mktemp("demo")
    seen, events = "", []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NANWATCH_DEMO_KEY", "nw_secret")
        for event in train_models(folder, ["weather-temperature", "breast-cancer", "digits"]):
            seen = seen or _environment_of_child()
            events.append(event)
    assert events[:2] == [("training", "weather-temperature"), ("ready", "weather-temperature")]
    assert events[-1] == ("ready", "digits")
    return folder, seen


@pytest.fixture(scope="module")
def trained(training: tuple[Path, str]) -> Path:
    return training[0]


@pytest.fixture
def batches(trained: Path) -> Batches:
    def read(name: str, version: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads((trained / name / version / "batches.json").read_text())
        for batch in found:
            assert len(batch["ids"]) == len(batch["inputs"]) == len(batch["outputs"])
        return found

    return read


def finite_rows(values: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
    array = np.array(values, float)
    return np.asarray(np.isfinite(array).reshape(len(array), -1).all(axis=1))


def test_weather_forecasts_are_good_but_rows_without_pressure_get_a_made_up_one(batches: Batches) -> None:
    everything = batches("weather-temperature", "1")
    inputs = np.concatenate([np.array(batch["inputs"], float) for batch in everything])
    forecasts = np.concatenate([np.array(batch["outputs"], float)[:, 0] for batch in everything])
    complete = finite_rows(inputs)

    assert np.isfinite(forecasts).all()  # nobody would notice
    assert 0.02 < (~complete).mean() < 0.3
    assert len(np.unique(forecasts[~complete])) == 1
    assert np.abs(forecasts[complete] - inputs[complete, 0]).mean() < 5  # an hour changes little
    assert sum(finite_rows(batch["inputs"]).all() for batch in everything) > len(everything) / 2


def test_cancer_probabilities_are_nan_exactly_where_the_scaler_was_forgotten(batches: Batches) -> None:
    for batch in batches("breast-cancer", "3"):
        raw = np.abs(np.array(batch["inputs"])).max() > 100
        assert finite_rows(batch["inputs"]).all()
        assert finite_rows(batch["outputs"]).tolist() == [not raw] * len(batch["ids"])
        assert raw == (4 < batch["hours_ago"] < 6)


def test_digits_work_until_the_merged_checkpoint_takes_over(batches: Batches) -> None:
    for batch in batches("digits", "1"):
        assert finite_rows(batch["outputs"]).all()
        assert np.array(batch["outputs"]).max(axis=1).mean() > 0.8  # trained, not guessing
    merged = batches("digits", "2")
    assert merged
    for batch in merged:
        assert finite_rows(batch["inputs"]).all()
        assert not finite_rows(batch["outputs"]).any()
    assert max(batch["hours_ago"] for batch in merged) < 2


def test_references_and_metadata_describe_the_inputs(trained: Path, batches: Batches) -> None:
    for name, version in [("weather-temperature", "1"), ("breast-cancer", "3"), ("digits", "2")]:
        reference = np.load(trained / name / version / "reference.npz")["inputs"]
        metadata = json.loads((trained / name / version / "metadata.json").read_text())
        row = np.array(batches(name, version)[0]["inputs"][0])
        assert np.isfinite(reference).all()
        assert reference.shape[1:] == row.shape
        assert len(metadata.get("features", row.shape)) == len(row) or row.ndim == 3
        assert metadata["environment"]["tensorflow"]


def test_the_training_process_sees_no_secret(training: tuple[Path, str]) -> None:
    seen = training[1]
    assert "nw_secret" not in seen
    assert "PATH=" in seen


def test_a_failed_training_says_why(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no-such-model"):
        list(train_models(tmp_path, ["no-such-model"]))


def _environment_of_child() -> str:
    """The environment of this process's child that runs the trainer."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = (process / "stat").read_text().rsplit(")", 1)[1].split()[1]
            if int(parent) == os.getpid() and b"monitoring.demo.train" in (process / "cmdline").read_bytes():
                return (process / "environ").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
    raise AssertionError("no trainer is running")
