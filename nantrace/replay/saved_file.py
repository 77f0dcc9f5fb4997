"""What a model file says about itself beside its weights: read as text, nothing of it is run."""

import json
import zipfile
from pathlib import Path
from typing import Any

import h5py

Json = dict[str, Any]
MAX_TEXT = 50_000_000
"""Bytes of a configuration that are read; what is longer is not looked at."""


def training_facts(path: Path) -> Json:
    """`compiled` (the arguments of compile()) and `saved_with` (software versions) of an artifact, {} where unknown."""
    if path.is_dir():
        return {"compiled": {}, "saved_with": _saved_model_versions(path)}
    if zipfile.is_zipfile(path):
        return _of_keras(path)
    return _of_h5(path)


def _of_keras(path: Path) -> Json:
    with zipfile.ZipFile(path) as archive:
        config, metadata = (_parsed(_member(archive, name)) for name in ("config.json", "metadata.json"))
    return {
        "compiled": _compile_arguments(config.get("compile_config")),
        "saved_with": _versions({"keras": metadata.get("keras_version")}),
    }


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        return b""
    with archive.open(name) as file:
        text = file.read(MAX_TEXT + 1)
    return text if len(text) <= MAX_TEXT else b""


def _of_h5(path: Path) -> Json:
    with h5py.File(path, "r") as file:
        return {
            "compiled": _compile_arguments(_parsed(file.attrs.get("training_config", ""))),
            "saved_with": _versions({"keras": file.attrs.get("keras_version")}),
        }


def _saved_model_versions(path: Path) -> Json:
    from tensorflow.core.protobuf import saved_model_pb2

    file = path / "saved_model.pb"
    if not file.is_file() or file.stat().st_size > MAX_TEXT:
        return {}
    found = saved_model_pb2.SavedModel()
    found.ParseFromString(file.read_bytes())
    return _versions({"tensorflow": found.meta_graphs[0].meta_info_def.tensorflow_version})


def _parsed(text: Any) -> Json:
    try:
        found = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _compile_arguments(config: Any) -> Json:
    """Only what the audit reads, so that a whole optimizer's state does not travel."""
    return {"loss": config["loss"]} if isinstance(config, dict) and config.get("loss") else {}


def _versions(found: Json) -> Json:
    texts = {name: version.decode() if isinstance(version, bytes) else version for name, version in found.items()}
    return {name: version for name, version in texts.items() if isinstance(version, str) and version}
