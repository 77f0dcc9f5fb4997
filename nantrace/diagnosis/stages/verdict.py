"""What the stages conclude of single rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nantrace.diagnosis.case import Json, Mask, TracedRows
from nantrace.diagnosis.cause import Cause
from nantrace.diagnosis.trials import Bench, Trial

NO_TRAIL = TracedRows((), (), None)


@dataclass(frozen=True)
class Verdict:
    """Why one failing row (a position among the failing rows) fails. `trial` is None where nothing was proven."""

    row: int
    cause: Cause
    trail: TracedRows
    source: Json | None
    trial: Trial | None


@dataclass(frozen=True)
class Verdicts:
    """All verdicts, and every experiment that was made on the way."""

    rows: list[Verdict]
    trials: list[Trial] = field(default_factory=list)


# Of the failing rows in the mask, with their trails: those that it explains, and the experiments it made.
StageOfDiagnosis = Callable[[Bench, Mask, Mapping[int, TracedRows]], Verdicts]


def cured_rows(trial: Trial, cause: Cause, kinds: Sequence[str], trails: Mapping[int, TracedRows]) -> list[Verdict]:
    """The rows that a trial cured; of several places where bad values began, the one of the first of the `kinds`."""
    rows = np.flatnonzero(trial.cured).tolist()
    return [_verdict(row, cause, kinds, trails.get(row, NO_TRAIL), trial) for row in rows]


def _verdict(row: int, cause: Cause, kinds: Sequence[str], trail: TracedRows, trial: Trial) -> Verdict:
    ranks = {kind: rank for rank, kind in enumerate(kinds)}
    source = min(trail.sources, key=lambda one: ranks.get(one["kind"], len(ranks)), default=None)
    return Verdict(row, cause, trail, source, trial)


def first_of_each_row(verdicts: Sequence[Verdict]) -> list[Verdict]:
    found: dict[int, Verdict] = {}
    for verdict in verdicts:
        found.setdefault(verdict.row, verdict)
    return list(found.values())
