"""The cause of every failing row: the furthest-upstream change that a replay proved, else the origin decides."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from nantrace.diagnosis.case import TracedRows
from nantrace.diagnosis.stages.at_inputs import at_inputs
from nantrace.diagnosis.stages.at_model import at_model
from nantrace.diagnosis.stages.at_precision import at_precision
from nantrace.diagnosis.stages.neighbours import infected, with_cured_neighbours
from nantrace.diagnosis.stages.verdict import StageOfDiagnosis, Verdict, Verdicts
from nantrace.diagnosis.trials import Bench, Trial

STAGES: Sequence[StageOfDiagnosis] = (at_inputs, at_precision, at_model)


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
