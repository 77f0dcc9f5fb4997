"""A transform that may have been done to rows, and the edit that undoes it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.tensors import Tensor
from monitoring.diagnosis.case import Mask
from monitoring.diagnosis.edits import Edit

Array = NDArray[np.float64]
Undo = Callable[[Array], Array]
SLACK = 0.05  # of the reference's width: undone values may lie so far outside


@dataclass(frozen=True)
class Transform:
    """What was done to the rows, and how to undo it. `kind`: standard, minmax, unit, pixels, known."""

    kind: str
    note: str
    undo: Undo
    code: str


def edit_of(tensor: Tensor, undone: Array, cells: Mask, transform: Transform) -> Edit:
    """The edit that puts the undone values into some cells of a tensor."""
    return Edit(
        "rescale",
        "input_unscaled",
        {tensor.name: undone},
        {tensor.name: cells},
        f"{transform.kind}: {transform.note}",
        {"code": transform.code, "kind": transform.kind, "what": transform.note},
    )
