"""A transform that may have been done to rows, and the edit that undoes it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import Mask
from nantrace.diagnosis.edit import Edit, ScaleMistake
from nantrace.mistakes.unit_conversions import Conversion
from nantrace.tensors.tensor import Tensor

Array = NDArray[np.float64]
Undo = Callable[[Array], Array]
SLACK = 0.05  # of the reference's width: undone values may lie so far outside


@dataclass(frozen=True)
class Transform(ScaleMistake):
    """What was done to rows, with the function that undoes it. `registered`: nothing in it was fitted to the rows."""

    undo: Undo
    registered: bool = False


def converted(kind: str, conversion: Conversion) -> Transform:
    """A conversion of all cells."""
    return Transform(kind, conversion.sentence, f"rows = {conversion.undoing('rows')}", conversion.undo)


def edit_of(tensor: Tensor, undone: Array, cells: Mask, undoes: ScaleMistake) -> Edit:
    """The edit that puts the undone values into some cells of a tensor."""
    note = f"{undoes.kind}: {undoes.note}"
    return Edit("rescale", "input_unscaled", {tensor.name: undone}, {tensor.name: cells}, note, undoes=undoes)
