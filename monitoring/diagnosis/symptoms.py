"""What was seen, row by row: which rows fail, in which replay, and which only hide it."""

from dataclasses import dataclass

import numpy as np

from ingest.tensors import Tensors
from monitoring.diagnosis.case import Case, Laboratory, Mask, Outcome, Trail

TRACED_ROWS = 1024


@dataclass(frozen=True)
class Symptoms:
    """Masks of shape (rows,) over the batch."""

    default: Outcome
    unfused: Outcome
    served_bad: Mask
    refused: Mask
    trails: list[Trail]
    traced: Mask
    swallowed: Mask  # finite in every replay, with a bad value inside that was lost on the way

    @property
    def default_bad(self) -> Mask:
        return ~self.default.finite & ~self.refused

    @property
    def unfused_bad(self) -> Mask:
        return ~self.unfused.finite & ~self.refused

    @property
    def failing(self) -> Mask:
        """Rows whose failure can be examined here: some replay is bad, or a bad value is lost inside."""
        return self.default_bad | self.unfused_bad | self.swallowed

    @property
    def nonfinite(self) -> Mask:
        """Rows of which somebody saw NaN or Inf in an output; the other failing rows are absorbed."""
        return self.default_bad | self.served_bad


def observe(case: Case, lab: Laboratory) -> Symptoms:
    """Replays the batch as served and unfused, and traces what may be bad."""
    default, unfused = lab.replay(case.inputs, "default"), lab.replay(case.inputs, "unfused")
    refused = np.zeros(case.rows, bool)
    refused[[*default.refused, *unfused.refused]] = True
    served_bad = _bad_outputs(case.served, case.rows) & ~refused
    suspects = (~default.finite | ~unfused.finite | case.inputs.nonfinite_rows()) & ~refused
    traced = suspects | ~refused if case.rows <= TRACED_ROWS else suspects
    trails = _trace(case, lab, traced)
    swallowed = np.zeros(case.rows, bool)
    for trail in trails:
        if trail.swallowed_by is not None:
            swallowed[list(trail.rows)] = True
    swallowed &= default.finite & unfused.finite
    return Symptoms(default, unfused, served_bad, refused, trails, traced, swallowed)


def _trace(case: Case, lab: Laboratory, which: Mask) -> list[Trail]:
    index = np.flatnonzero(which)
    if not len(index):
        return []
    return [
        Trail(tuple(index[list(trail.rows)].tolist()), trail.sources, trail.birth, trail.swallowed_by)
        for trail in lab.trace(case.inputs.take(index))
    ]


def _bad_outputs(served: Tensors | None, rows: int) -> Mask:
    return served.nonfinite_rows() if served is not None and len(served) else np.zeros(rows, bool)
