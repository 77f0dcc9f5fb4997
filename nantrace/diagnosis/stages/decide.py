"""The cause of every failing row: the furthest-upstream change that a replay proved, else the origin decides."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from nantrace.diagnosis.case import Mask, TracedRows
from nantrace.diagnosis.cause import OPERATION_FIRST, PrecisionTrials
from nantrace.diagnosis.causes import at_stage
from nantrace.diagnosis.stages.at_inputs import at_inputs
from nantrace.diagnosis.stages.at_model import at_model
from nantrace.diagnosis.stages.neighbours import infected, with_cured_neighbours
from nantrace.diagnosis.stages.verdict import (
    StageOfDiagnosis,
    Verdict,
    Verdicts,
    cured_rows,
    first_of_each_row,
)
from nantrace.diagnosis.trials import Bench, Trial


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
    neighbours = infected(bench)
    left = ~neighbours
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
        trials.append(with_cured_neighbours(bench, neighbours, edits))
        decided += _infected(decided, trials[-1])
    return Verdicts(decided, trials)


def _infected(others: Sequence[Verdict], trial: Trial) -> list[Verdict]:
    """The rows of `trial` fail for what the others fail for, and come behind them."""
    known = next((one for one in others if one.trial is not None), others[0])
    rows = np.flatnonzero(trial.tried).tolist()
    return [replace(known, row=row, trial=trial if trial.cured[row] else None) for row in rows]
