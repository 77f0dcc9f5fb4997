"""Files that a person names on a command line, made ready for the replayer."""

import json
from pathlib import Path
from typing import Any

from nantrace.artifact import format_of, unpack
from nantrace.tensors.refusals import Malformed, UnusableFile


def opened_model(path: Path, folder: Path) -> Path:
    """The model file or SavedModel directory to load: `path` itself, or what was unpacked into an empty folder.

    Raises Refusal naming `model` where `path` holds no model.
    """
    if path.is_dir():
        if not (path / "saved_model.pb").is_file():
            raise UnusableFile("model", f"{path} is a directory without saved_model.pb, so it is no SavedModel")
        return path.resolve()
    try:
        with path.open("rb") as file:
            return unpack(file, format_of(file), folder)
    except UnusableFile as error:
        raise UnusableFile("model", f"{path} {error.message}") from None
    except OSError as error:
        raise UnusableFile("model", f"{path} cannot be read: {error.strerror or error}") from None


def read_object(path: Path | None, field: str) -> dict[str, Any]:
    """The JSON object in a file, an empty one without a file; raises Refusal naming `field`."""
    if path is None:
        return {}
    try:
        told = json.loads(path.read_text())
    except OSError as error:
        raise Malformed(field, f"{path} cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise Malformed(field, f"{path} is no JSON: {error}") from None
    if not isinstance(told, dict):
        raise Malformed(field, f"{path} holds no JSON object, which would begin with {{")
    return told
