"""The second stage: a model of low precision, computed in a higher one."""

from collections.abc import Mapping

from nantrace.diagnosis.case import Mask, TracedRows
from nantrace.diagnosis.cause import PrecisionTrials
from nantrace.diagnosis.causes import at_stage
from nantrace.diagnosis.stages.verdict import OF_MODEL, Verdict, Verdicts, cured_rows, first_of_each_row
from nantrace.diagnosis.trials import Bench, Trial


def at_precision(bench: Bench, left: Mask, trails: Mapping[int, TracedRows]) -> Verdicts:
    """The rows that are finite in a higher precision."""
    found: list[Verdict] = []
    trials: list[Trial] = []
    if bench.case.model.low_precision and left.any():
        for cause, stage in at_stage(PrecisionTrials):
            for trial in stage.make(bench, left, trails):
                found += cured_rows(trial, cause, OF_MODEL, trails)
                trials.append(trial)
    return Verdicts(first_of_each_row(found), trials)
