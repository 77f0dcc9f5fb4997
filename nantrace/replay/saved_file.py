"""What a model file says of itself: what saved it, how it was compiled, and which code of its author it needs.

Only text is read, nothing of the file is run.
"""

import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import h5py

Json = dict[str, Any]
MAX_TEXT = 50_000_000
"""Bytes of a configuration that are read; what is longer is not looked at."""


@dataclass(frozen=True)
class SavedFile:
    """`config`: the architecture, {} in a SavedModel and in a file of weights alone."""

    config: Json = field(default_factory=dict)
    compiled: Json = field(default_factory=dict)
    saved_with: dict[str, str] = field(default_factory=dict)
    optimizer_slots: bool = False

    @cached_property
    def keras_major(self) -> int | None:
        """1, 2 (also the Keras inside TensorFlow 2.0 to 2.15) or 3; None where the file does not say it."""
        major = self.saved_with.get("keras", "").split(".")[0]
        return int(major) if major.isdecimal() else None


def saved_file(path: Path) -> SavedFile:
    """A `.keras` or `.h5` file, or the directory of a SavedModel. Raises OSError where it is none of them."""
    if path.is_dir():
        return _of_saved_model(path)
    return _of_keras(path) if zipfile.is_zipfile(path) else _of_h5(path)


@dataclass(frozen=True)
class AuthorsCode:
    """Something that the file needs and does not hold; `kind`: class, function, or Lambda for code kept as bytes."""

    kind: str
    name: str


def authors_code(config: Any, knows: Callable[[str], bool]) -> Iterator[AuthorsCode]:
    """What a configuration needs besides Keras; `knows`: whether Keras has a class or function of that name."""
    if isinstance(config, list):
        for one in config:
            yield from authors_code(one, knows)
    if not isinstance(config, dict):
        return
    yield from _own_code(config, knows)
    for key, value in config.items():
        if key.endswith("activation") and isinstance(value, str) and not knows(value):
            yield AuthorsCode("function", value)
        yield from authors_code(value, knows)


def _own_code(config: Json, knows: Callable[[str], bool]) -> Iterator[AuthorsCode]:
    """Of one serialised object; Keras 3 says in which module a class stands, Keras 2 only its name."""
    name, module = config.get("class_name"), config.get("module")
    if not isinstance(name, str) or "config" not in config:
        return
    if name in ("Lambda", "__lambda__"):
        yield AuthorsCode("Lambda", name)
    elif name == "function" and module == "builtins":
        if not knows(str(config["config"])):
            yield AuthorsCode("function", str(config["config"]))
    elif not name.startswith("__") and not str(module or "").startswith(("keras", "builtins")) and not knows(name):
        yield AuthorsCode("class", name)


def _of_keras(path: Path) -> SavedFile:
    with zipfile.ZipFile(path) as archive:
        config, metadata = (_parsed(_member(archive, name)) for name in ("config.json", "metadata.json"))
    saved_with = _versions({"keras": metadata.get("keras_version")})
    return SavedFile(config, _compile_arguments(config.get("compile_config")), saved_with)


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        return b""
    with archive.open(name) as file:
        text = file.read(MAX_TEXT + 1)
    return text if len(text) <= MAX_TEXT else b""


def _of_h5(path: Path) -> SavedFile:
    with h5py.File(path, "r") as file:
        return SavedFile(
            _parsed(file.attrs.get("model_config", "")),
            _compile_arguments(_parsed(file.attrs.get("training_config", ""))),
            _versions({"keras": file.attrs.get("keras_version")}),
        )


def _of_saved_model(path: Path) -> SavedFile:
    file = path / "saved_model.pb"
    if not file.is_file() or file.stat().st_size > MAX_TEXT:
        return SavedFile(optimizer_slots=file.is_file())
    from tensorflow.core.protobuf import saved_model_pb2

    found = saved_model_pb2.SavedModel()
    found.ParseFromString(file.read_bytes())
    if not found.meta_graphs:
        return SavedFile()
    graph = found.meta_graphs[0]
    return SavedFile(
        saved_with=_versions({"tensorflow": graph.meta_info_def.tensorflow_version}),
        optimizer_slots=any(node.slot_variables for node in graph.object_graph_def.nodes),
    )


def _parsed(text: Any) -> Json:
    try:
        found = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _compile_arguments(config: Any) -> Json:
    """Only what the audit reads, so that a whole optimizer's state does not travel."""
    return {"loss": config["loss"]} if isinstance(config, dict) and config.get("loss") else {}


def _versions(found: Json) -> dict[str, str]:
    texts = {name: version.decode() if isinstance(version, bytes) else version for name, version in found.items()}
    return {name: version for name, version in texts.items() if isinstance(version, str) and version}
