"""A transform that may have been done to rows, and the edit that undoes it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import Mask
from nantrace.diagnosis.edits import Edit
from nantrace.mistakes.unit_conversions import Conversion
from nantrace.tensors.tensor import Tensor

Array = NDArray[np.float64]
Undo = Callable[[Array], Array]
SLACK = 0.05  # of the reference's width: undone values may lie so far outside


@dataclass(frozen=True)
class Explanation:
    """What was done to the rows, and code that undoes it. `kind`: standard, minmax, unit, pixels, known."""

    kind: str
    note: str
    code: str


@dataclass(frozen=True)
class Transform(Explanation):
    """The same with the function that undoes it. `registered`: nothing in it was fitted to the rows."""

    undo: Undo
    registered: bool = False


def converted(kind: str, conversion: Conversion) -> Transform:
    """A conversion of all cells."""
    return Transform(kind, conversion.sentence, f"rows = {conversion.undoing('rows')}", conversion.undo)


def edit_of(tensor: Tensor, undone: Array, cells: Mask, told: Explanation) -> Edit:
    """The edit that puts the undone values into some cells of a tensor."""
    return Edit(
        "rescale",
        "input_unscaled",
        {tensor.name: undone},
        {tensor.name: cells},
        f"{told.kind}: {told.note}",
        {"code": told.code, "kind": told.kind, "what": told.note},
    )
