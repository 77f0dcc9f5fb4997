"""The cause of every failing row: the furthest-upstream change that a replay proved, else the origin decides."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from nantrace.diagnosis.case import Mask, TracedRows
from nantrace.diagnosis.cause import OPERATION_FIRST, PrecisionTrials
from nantrace.diagnosis.causes import at_stage
from nantrace.diagnosis.edit import Edit
from nantrace.diagnosis.stages.at_inputs import at_inputs
from nantrace.diagnosis.stages.at_model import at_model
from nantrace.diagnosis.stages.verdict import (
    StageOfDiagnosis,
    Verdict,
    Verdicts,
    cured_rows,
    first_of_each_row,
)
from nantrace.diagnosis.trials import Bench, Trial
from nantrace.tensors.tensor import Tensors

NEIGHBOURS_CURED = "the other rows of the batch were cured: the model computes over all rows together"


def _at_precision(bench: Bench, left: Mask, trails: Mapping[int, TracedRows]) -> Verdicts:
    """Of a model of low precision, the rows that are finite in a higher one."""
    found: list[Verdict] = []
    trials: list[Trial] = []
    if bench.case.model.low_precision and left.any():
        for cause, stage in at_stage(PrecisionTrials):
            for trial in stage.make(bench, left, trails):
                found += cured_rows(trial, cause, OPERATION_FIRST, trails)
                trials.append(trial)
    return Verdicts(first_of_each_row(found), trials)


STAGES: Sequence[StageOfDiagnosis] = (at_inputs, _at_precision, at_model)


def decide(bench: Bench, trails: Mapping[int, TracedRows]) -> Verdicts:
    """`trails` by position among the failing rows."""
    neighbours = _infected_rows(bench)
    left = ~(neighbours | _as_in_training(bench))
    decided: list[Verdict] = []
    trials: list[Trial] = []
    for stage in STAGES:
        found = stage(bench, left, trails)
        decided += found.rows
        trials += found.trials
        left[[one.row for one in found.rows]] = False
    decided.sort(key=lambda one: one.row)
    if neighbours.any():
        edits = {one.row: one.trial.edit for one in decided if one.trial is not None and one.trial.edit is not None}
        trials.append(_with_cured_neighbours(bench, neighbours, edits))
        decided += _as_their_neighbours(decided, trials[-1])
    return Verdicts(decided, trials)


def _as_their_neighbours(others: Sequence[Verdict], trial: Trial) -> list[Verdict]:
    """The rows of `trial` fail for what the others fail for, and come behind them."""
    known = next((one for one in others if one.trial is not None), others[0])
    rows = np.flatnonzero(trial.tried).tolist()
    return [replace(known, row=row, trial=trial if trial.cured[row] else None, infected=True) for row in rows]


def _as_in_training(bench: Bench) -> Mask:
    """Rows that are finite although bad values are in them, all of which training holds in these features as well.

    What else is unusual in such a row has nothing to do with them, and changes the answer as any edit does.
    """
    found = bench.swallowed & bench.expected.touches(len(bench.swallowed))
    index = np.flatnonzero(found)
    if len(index):
        for trail in bench.lab.trace(bench.expected.take(index).apply(bench.rows.take(index))):
            found[index[list(trail.rows)]] = False
    return found


def _infected_rows(bench: Bench) -> Mask:
    """Failing rows of finite values that pass in a batch without the rows that hold others, shape (failing rows,).

    A model that computes over the whole batch carries the NaN of one row into all.
    """
    clean = ~bench.rows.nonfinite_rows() & ~bench.swallowed
    found = np.zeros(len(clean), bool)
    if clean.any() and not clean.all():
        found[clean] = bench.is_cured(bench.rows.take(np.flatnonzero(clean)))
    return found


def _with_cured_neighbours(bench: Bench, rows: Mask, edits: Mapping[int, Edit]) -> Trial:
    """The infected `rows` in one batch with other rows, each of which was cured by its own of the `edits`."""
    by_edit: dict[int, list[int]] = {}
    for row, edit in edits.items():
        by_edit.setdefault(id(edit), []).append(row)
    others = [edits[some[0]].take(np.array(some)).apply(bench.rows.take(np.array(some))) for some in by_edit.values()]
    passes = bench.is_cured(Tensors.stacked([bench.rows.take(np.flatnonzero(rows)), *others]))
    cured = np.zeros_like(rows)
    cured[rows] = passes[: int(rows.sum())] & bool(others)
    return Trial("neighbours", rows, cured, NEIGHBOURS_CURED)
