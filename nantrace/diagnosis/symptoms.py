"""What was seen, row by row: which rows fail, in which replay, and which only hide it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import STANDING, Case, Laboratory, Mask, ReplayOutcome, TracedRows
from nantrace.diagnosis.trials import differ
from nantrace.tensors.same_answers import OTHER_PRECISION
from nantrace.tensors.tensor import Tensors

ALIKE = 24  # rows that look alike and are more than this are traced by samples
SAMPLES = 12
HIDDEN_SAMPLES = 64


@dataclass(frozen=True)
class Symptoms:
    """Masks of shape (rows,) over the batch."""

    default: ReplayOutcome
    unfused: ReplayOutcome
    served_bad: Mask
    refused: Mask
    trails: list[TracedRows]
    swallowed: Mask  # finite in every replay, with a bad value inside that was lost on the way
    exact: Mask  # finite as served, and what float64 answers: the compiler made one stable operation of several
    served_unfused: bool = False  # without oneDNN, whose fused kernels alone hide NaN

    @property
    def default_bad(self) -> Mask:
        return ~self.default.finite & ~self.refused

    @property
    def unfused_bad(self) -> Mask:
        return ~self.unfused.finite & ~self.refused & ~self.exact

    @property
    def failing(self) -> Mask:
        """Rows whose failure can be examined here: some replay is bad, or a bad value is lost inside."""
        return self.default_bad | self.unfused_bad | self.swallowed

    @property
    def nonfinite(self) -> Mask:
        """Rows of which somebody saw NaN or Inf in an output; the other failing rows are absorbed."""
        answered = self.default_bad | self.served_bad
        return answered | self.unfused_bad if self.served_unfused else answered


def observe(case: Case, lab: Laboratory) -> Symptoms:
    """Replays the batch as served and unfused, and traces the rows in which anything is not finite."""
    standing = lab.replay_each(case.inputs, STANDING)
    default, unfused = standing["default"], standing["unfused"]
    refused = np.zeros(case.rows, bool)
    refused[[*default.refused, *unfused.refused]] = True
    served_bad = _bad_outputs(case.served, case.rows) & ~refused
    exact = _exact(case, lab, default, ~unfused.finite & ~served_bad & ~refused)
    seen = (~default.finite | ~unfused.finite | case.inputs.nonfinite_rows()) & ~refused & ~exact
    trails = [
        *_trace(case, lab, unfused, seen),
        *_trace_hidden(case, lab, unfused, _hidden(unfused) & ~seen & ~refused),
    ]
    swallowed = np.zeros(case.rows, bool)
    for trail in trails:
        if trail.swallowed_by is not None:
            swallowed[list(trail.rows)] = True
    swallowed &= default.finite & unfused.finite
    served_unfused = case.environment.get("onednn") is False
    return Symptoms(default, unfused, served_bad, refused, trails, swallowed, exact, served_unfused)


def _exact(case: Case, lab: Laboratory, default: ReplayOutcome, which: Mask) -> Mask:
    """Those of the rows `which` that are served what float64 answers, such as log(softmax(x)) made a LogSoftmax."""
    exact = np.zeros(case.rows, bool)
    index = np.flatnonzero(which & default.finite & ~case.inputs.nonfinite_rows())
    if len(index):
        wide = lab.replay(case.inputs.take(index), "float64")
        exact[index] = wide.finite & ~differ(default, index, wide, tolerance=OTHER_PRECISION)
    return exact


def _hidden(unfused: ReplayOutcome) -> Mask:
    """Rows in which a bad value could have been lost; all rows where the replay does not know."""
    return np.ones(len(unfused.finite), bool) if unfused.hidden is None else unfused.hidden


def _trace_hidden(case: Case, lab: Laboratory, unfused: ReplayOutcome, which: Mask) -> list[TracedRows]:
    """Rows that are finite outside and not inside, as many a mask is by design: a sample first."""
    index = np.flatnonzero(which)
    sample = np.zeros_like(which)
    sample[index[:: max(1, len(index) // HIDDEN_SAMPLES)][:HIDDEN_SAMPLES]] = True
    trails = [trail for trail in _trace(case, lab, unfused, sample) if not trail.unfinished]
    if not trails:
        return []
    return trails if len(index) <= HIDDEN_SAMPLES else _trace(case, lab, unfused, which)


def _trace(case: Case, lab: Laboratory, unfused: ReplayOutcome, which: Mask) -> list[TracedRows]:
    """Trails of the rows `which`; of many rows that look alike only some are traced, unless these disagree."""
    trails: list[TracedRows] = []
    first: list[int] = []
    for alike in _alike(case, unfused, which):
        if len(alike) <= ALIKE:
            first += alike.tolist()
            continue
        found = _traced(case, lab, alike[:: len(alike) // SAMPLES])
        if len(found) == 1:
            trails.append(replace(found[0], rows=tuple(alike.tolist())))
        elif found:
            first += alike.tolist()
    return [*trails, *_traced(case, lab, np.array(first, np.intp))]


def _alike(case: Case, unfused: ReplayOutcome, which: Mask) -> Iterator[NDArray[np.intp]]:
    """Rows with bad values in the same features and in the same outputs."""
    index = np.flatnonzero(which)
    if not len(index):
        return
    parts: list[Mask] = [unfused.finite[index, None]]
    parts += [np.isnan(values[index]).reshape(len(index), -1) for values in _floats(unfused)]
    for tensor in case.inputs:
        cells = tensor.take(index).nonfinite()
        parts.append(np.asarray(cells.reshape(len(index), -1, case.width(tensor.name)).any(axis=1)))
    _, group = np.unique(np.hstack(parts), axis=0, return_inverse=True)
    for number in range(int(group.max()) + 1):
        yield index[group.ravel() == number]


def _floats(outcome: ReplayOutcome) -> Iterator[NDArray[Any]]:
    return (values for values in outcome.outputs.values() if values.dtype.kind == "f")


def _traced(case: Case, lab: Laboratory, index: NDArray[np.intp]) -> list[TracedRows]:
    if not len(index):
        return []
    return [
        replace(trail, rows=tuple(index[list(trail.rows)].tolist())) for trail in lab.trace(case.inputs.take(index))
    ]


def _bad_outputs(served: Tensors | None, rows: int) -> Mask:
    return served.nonfinite_rows() if served is not None and len(served) else np.zeros(rows, bool)
