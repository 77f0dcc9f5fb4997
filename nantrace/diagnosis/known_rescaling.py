"""Scale mistakes that the version's traffic showed: one failing row is enough to recognise them.

By itself a single far value can be divided into any range. Where drift found the same feature in another unit in many
rows, undoing just that is evidence.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from nantrace.diagnosis.case import Case, KnownFault, Mask
from nantrace.diagnosis.cells import Limits
from nantrace.diagnosis.edit import Edit, Floats, ScaleMistake, edit_of
from nantrace.diagnosis.reference_fit import inside
from nantrace.tensors.tensor import Tensor

INSIDE = 0.9  # of the changed cells must come into the reference's range
NOTES: Mapping[str, str] = {
    "unscaled": "the rows were not scaled, like others of this version",
    "scaled_twice": "the rows were scaled twice, like others of this version",
    "unit_change": "the values are in another unit, like others of this version",
}


def known_rescalings(case: Case, tensor: Tensor, known: Limits, beyond: Mask) -> Iterator[Edit]:
    """Edits of the rows with cells outside the reference (`beyond`, shape of the tensor), one for each known fault."""
    for fault in case.known_faults:
        if fault.input == tensor.name and fault.kind in NOTES and fault.lines:
            edit = _undone(case, tensor, known, beyond, fault)
            if edit is not None:
                yield edit


def _undone(case: Case, tensor: Tensor, known: Limits, beyond: Mask, fault: KnownFault) -> Edit | None:
    factor, offset, hit = _lines(fault, case.width(tensor.name))
    affected = (beyond & hit).reshape(tensor.rows, -1).any(axis=1)
    cells = np.isfinite(tensor.values) & hit & affected.reshape(-1, *([1] * (tensor.values.ndim - 1)))
    if not cells.any():
        return None

    with np.errstate(over="ignore", invalid="ignore"):
        undone = (tensor.values.astype(np.float64) - offset) / factor
    if inside(undone, known)[cells].mean() < INSIDE:
        return None
    code = _code(factor[hit], offset[hit], hit)
    return edit_of(tensor, undone, cells, ScaleMistake("known", NOTES[fault.kind], code))


def _lines(fault: KnownFault, width: int) -> tuple[Floats, Floats, Mask]:
    """Factor and offset of each feature, and which features were hit, shape (width,)."""
    factor, offset, hit = np.ones(width), np.zeros(width), np.zeros(width, bool)
    for place, line in zip(fault.features, fault.lines, strict=False):
        if place < width and line[0] != 0:
            factor[place], offset[place], hit[place] = *line, True
    return factor, offset, hit


def _code(factor: Floats, offset: Floats, hit: Mask) -> str:
    some = "rows" if hit.all() else f"rows[..., {np.flatnonzero(hit).tolist()}]"
    return f"{some} = ({some} - {offset.tolist()}) / {factor.tolist()}"
