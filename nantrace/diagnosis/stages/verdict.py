"""What the stages conclude of single rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from nantrace.diagnosis.case import Json, Mask, TracedRows
from nantrace.diagnosis.cause import Cause
from nantrace.diagnosis.cells import infinite
from nantrace.diagnosis.edit import Edit
from nantrace.diagnosis.trials import Bench, Trial
from nantrace.tensors.tensor import Tensor, Tensors

NO_TRAIL = TracedRows((), (), None)
_SENT: Json = {"kind": "input", "layer": None, "operation": None, "iteration": None, "inputs": []}


@dataclass(frozen=True)
class Verdict:
    """Why one failing row (a position among the failing rows) fails. `trial` is None where nothing was proven.

    `infected`: the row passes in a batch without the others.
    """

    row: int
    cause: Cause
    trail: TracedRows
    source: Json | None
    trial: Trial | None
    infected: bool = False


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


def sent_rows(trial: Trial, edit: Edit, cause: Cause, rows: Tensors, trails: Mapping[int, TracedRows]) -> list[Verdict]:
    """The same of a trial whose `edit` replaces bad cells of `rows`: they began where they were sent."""
    found = []
    for row in np.flatnonzero(trial.cured).tolist():
        trail = trails.get(row, NO_TRAIL)
        source = _sent_at(edit, rows, row, trail)
        found.append(Verdict(row, cause, replace(trail, first_nan=_first_nan(source, trail)), source, trial))
    return found


def _sent_at(edit: Edit, rows: Tensors, row: int, trail: TracedRows) -> Json:
    """An input with bad cells that the edit replaces, one of those on the trail where there are such."""
    known = {one["name"]: one for one in trail.sources if one["kind"] == "input"}
    changed = [name for name, cells in edit.cells.items() if cells[row].any()]
    name = next((one for one in changed if one in known), changed[0])
    tensor = rows.by_name[name].take(np.array([row]))
    value = _value(tensor, edit.cells[name][[row]])
    if len(rows) == 1 and known:  # whatever a single tensor is called
        name = next(iter(known))
    return {**_SENT, **known.get(name, {}), "name": name, "value": value}


def _value(tensor: Tensor, cells: Mask) -> str:
    bad = tensor.values[cells & infinite(tensor)]
    positive = [not value.startswith("-") if isinstance(value, str) else value > 0 for value in bad]
    return "NaN" if not positive else "Infinity" if any(positive) else "-Infinity"


def _first_nan(source: Json, trail: TracedRows) -> Json | None:
    return source if source["value"] == "NaN" else trail.first_nan


def rows_by_trial(verdicts: Sequence[Verdict]) -> list[tuple[Trial, list[int]]]:
    """The experiments that cured rows, each with these rows."""
    found: dict[int, tuple[Trial, list[int]]] = {}
    for verdict in verdicts:
        if verdict.trial is not None:
            found.setdefault(id(verdict.trial), (verdict.trial, []))[1].append(verdict.row)
    return list(found.values())


def first_of_each_row(verdicts: Sequence[Verdict]) -> list[Verdict]:
    found: dict[int, Verdict] = {}
    for verdict in verdicts:
        found.setdefault(verdict.row, verdict)
    return list(found.values())
