"""Finite values of single features outside the reference's range, which no other fault with a name explains."""

from collections.abc import Iterator, Sequence

import numpy as np

from nantrace.diagnosis.case import Case
from nantrace.diagnosis.cause import Cause, RowEdits
from nantrace.diagnosis.cells import limits, outside
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.edit import Array, Edit
from nantrace.diagnosis.finding import Reason, Remedy, ResponsibleFeature
from nantrace.diagnosis.phrases import also, subject
from nantrace.diagnosis.trials import Bench
from nantrace.tensors.tensor import Tensor, Tensors

IDENTIFIER = "input_out_of_distribution"
Range = tuple[float | None, float | None]


def edits(bench: Bench) -> Iterator[Edit]:
    yield clip(bench.case, bench.rows)


def clip(case: Case, rows: Tensors) -> Edit:
    """Cells outside the reference's range of their feature become the nearer end of it."""
    cells = {tensor.name: outside(case, tensor) for tensor in rows}
    values = {tensor.name: _clipped(case, tensor) for tensor in rows}
    return Edit("clip", IDENTIFIER, values, cells, "values were clipped into the reference's range", last_resort=True)


def _clipped(case: Case, tensor: Tensor) -> Array:
    known = limits(case, tensor.name)
    if tensor.values.dtype.kind not in "fiu" or not known.known:
        return tensor.values
    return np.asarray(np.clip(tensor.values.astype(np.float64), known.low, known.high))


def because(diagnosed: DiagnosedRows) -> str:
    own, others = diagnosed.own(IDENTIFIER), diagnosed.others(IDENTIFIER)
    return f"{subject(own)} outside the range of the training data{also(others)}"


def remedies(diagnosed: DiagnosedRows) -> list[Remedy]:
    """Columns by their position; an input with one vocabulary as a whole."""
    known = [(one, (one.reference.min, one.reference.max)) for one in diagnosed.features if one.reference is not None]
    tensor = diagnosed.tensor
    if tensor is not None and diagnosed.case.width(tensor.name) == 1 and known:
        code = _of_all(known[0][1])
    else:
        code = _by_position(known)
    why = "Training never showed the model such values, and beyond its range it can answer anything."
    title = "Clip into the range of the training data, or refuse such rows"
    return [Remedy("clip", title, why, code, diagnosed.proven, "rows")]


def _of_all(limit: Range) -> str:
    return f"rows = rows.clip({limit[0]}, {limit[1]})  # the range of the training data"


def _by_position(known: Sequence[tuple[ResponsibleFeature, Range]]) -> str:
    lines = [f"    {one.index}: {limit},  # {one.name!r}" for one, limit in known]
    return "\n".join(
        [
            "limits = {  # of the training data, by position on the last axis",
            *lines,
            "}",
            "for index, (low, high) in limits.items():",
            "    rows[..., index] = rows[..., index].clip(low, high)",
        ]
    )


CAUSE = Cause(
    IDENTIFIER,
    label="Input outside the training range",
    sentence="Single finite values lie outside the training range, and no change of scale explains them.",
    because=because,
    remedies=remedies,
    stages=(
        RowEdits(
            rank=50,
            make=edits,
            reason=Reason("is outside the training range", "are outside the training range", IDENTIFIER),
        ),
    ),
)
