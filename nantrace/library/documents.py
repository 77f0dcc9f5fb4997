"""The JSON objects of a call: `metadata` and `environment`, given as such or as a path."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nantrace.metadata import check_metadata
from nantrace.tensors.refusals import Malformed
from nantrace.tensors.strict_json import strict

Document = Mapping[str, Any] | str | Path | None


def metadata_of(given: Document) -> dict[str, Any]:
    """The metadata of a model, numpy's numbers as plain ones; raises Refusal naming the very field that is wrong."""
    return check_metadata(object_of(given, "metadata"))


def object_of(given: Document, field: str) -> dict[str, Any]:
    """A JSON object, an empty one for None; raises Refusal naming `field`."""
    if given is None:
        return {}
    if isinstance(given, Mapping):
        document: dict[str, Any] = strict(given)
        return document
    return _read(Path(given), field)


def _read(path: Path, field: str) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text())
    except OSError as error:
        raise Malformed(field, f"{path} cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise Malformed(field, f"{path} is no JSON: {error}") from None
    if not isinstance(read, dict):
        raise Malformed(field, f"{path} holds no JSON object, which would begin with {{")
    return read
