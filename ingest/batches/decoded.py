"""What every decoder of a samples body returns."""

from dataclasses import dataclass
from typing import Any

from nantrace.tensors.tensor import Tensors


@dataclass(frozen=True)
class Posted:
    """A decoded body: the tensors, and its other fields (model, version, ids, ...), still unchecked.

    `unanswered`: the serving stack logged the request and no prediction to it.
    """

    inputs: Tensors
    outputs: Tensors | None
    fields: dict[str, Any]
    unanswered: bool = False
