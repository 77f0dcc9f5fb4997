"""What every decoder of a samples body returns."""

from dataclasses import dataclass
from typing import Any

from ingest.tensors import Tensors


@dataclass(frozen=True)
class Posted:
    """A decoded body: the tensors, and its other fields (model, version, ids, ...), still unchecked."""

    inputs: Tensors
    outputs: Tensors | None
    fields: dict[str, Any]
