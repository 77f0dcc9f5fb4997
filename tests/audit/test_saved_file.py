"""What a model file says of its training is read as text, whatever else the file holds."""

import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import pytest

from nantrace.replay.saved_file import AuthorsCode, authors_code, saved_file

NOTHING: dict[str, Any] = {"compiled": {}, "saved_with": {}}


def training_facts(path: Path) -> dict[str, Any]:
    file = saved_file(path)
    return {"compiled": file.compiled, "saved_with": file.saved_with}


def keras_file(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.json", text)
    return path


def test_the_loss_and_the_version_of_a_keras_file(tmp_path: Path) -> None:
    config = json.dumps({"compile_config": {"loss": "mse", "optimizer": {"class_name": "Adam"}}})
    path = keras_file(tmp_path / "m.keras", config=config, metadata='{"keras_version": "3.9.2"}')
    assert training_facts(path) == {"compiled": {"loss": "mse"}, "saved_with": {"keras": "3.9.2"}}


def test_the_loss_and_the_version_of_an_h5_file(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "m.h5", "w") as file:
        file.attrs["training_config"] = json.dumps({"loss": {"class_name": "Huber", "config": {}}})
        file.attrs["keras_version"] = b"2.15.0"
    told = training_facts(tmp_path / "m.h5")
    assert told == {"compiled": {"loss": {"class_name": "Huber", "config": {}}}, "saved_with": {"keras": "2.15.0"}}


@pytest.mark.parametrize(
    "config", ["", "null", "[1]", "{", '{"compile_config": 3}', '{"compile_config": {}}', "[" * 9999]
)
def test_a_file_that_says_nothing_readable(tmp_path: Path, config: str) -> None:
    assert training_facts(keras_file(tmp_path / "m.keras", config=config, metadata='{"keras_version": 3}')) == NOTHING


def test_a_file_without_these_parts(tmp_path: Path) -> None:
    assert training_facts(keras_file(tmp_path / "m.keras", other="{}")) == NOTHING
    h5py.File(tmp_path / "m.h5", "w").close()
    assert training_facts(tmp_path / "m.h5") == NOTHING
    assert training_facts(tmp_path) == NOTHING


def test_a_configuration_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    config = json.dumps({"compile_config": {"loss": "mse"}}) + " " * 50_000_000
    assert training_facts(keras_file(tmp_path / "m.keras", config=config)) == NOTHING


@pytest.mark.parametrize(
    ("config", "needed"),
    [
        ({"class_name": "Dense", "config": {"activation": "relu"}}, []),
        ({"class_name": "Dense", "config": {"activation": "clipped"}}, [AuthorsCode("function", "clipped")]),
        ({"class_name": "Scaling", "config": {}}, [AuthorsCode("class", "Scaling")]),
        ({"class_name": "Dense", "module": "keras.layers", "config": {}}, []),
        ({"class_name": "Scaling", "module": "shop", "config": {}}, [AuthorsCode("class", "Scaling")]),
        ({"class_name": "function", "module": "builtins", "config": "clipped"}, [AuthorsCode("function", "clipped")]),
        ({"class_name": "Lambda", "config": {"function": ["4wEA", None, None]}}, [AuthorsCode("Lambda", "Lambda")]),
        ({"class_name": "__tuple__", "items": [1, 2]}, []),
    ],
)
def test_code_of_the_author_is_found_wherever_it_stands(config: Any, needed: list[AuthorsCode]) -> None:
    nested = {"class_name": "Functional", "config": {"layers": [{"config": {"inner": [config]}}]}}

    assert [*authors_code(nested, {"Functional", "Dense", "relu"}.__contains__)] == needed
