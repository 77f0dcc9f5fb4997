"""The first stage: edits of the rows, each alone, then the smallest sets of them that cure together."""

from collections.abc import Mapping, Sequence

import numpy as np

from nantrace.diagnosis.case import Mask, TracedRows
from nantrace.diagnosis.cause import RowEdits
from nantrace.diagnosis.causes import at_stage
from nantrace.diagnosis.edit import Edit
from nantrace.diagnosis.stages.joint import joint_cures
from nantrace.diagnosis.stages.verdict import Verdict, Verdicts, cured_rows, first_of_each_row
from nantrace.diagnosis.trials import Bench, Trial


def at_inputs(bench: Bench, left: Mask, trails: Mapping[int, TracedRows]) -> Verdicts:
    """The rows that some change of them cures."""
    trials = _try_all(bench, _row_edits(bench), left)
    by_cause = {cause.identifier: (cause, stage.sources) for cause, stage in at_stage(RowEdits)}
    found: list[Verdict] = []
    for trial in trials:
        if trial.edit is not None:
            cause, kinds = by_cause[trial.edit.cause]
            found += cured_rows(trial, cause, kinds, trails)
    return Verdicts(first_of_each_row(found), trials)


def _row_edits(bench: Bench) -> list[Edit]:
    """All edits of the rows that could cure them, the furthest upstream first."""
    edits = [edit for _, stage in at_stage(RowEdits) for edit in stage.make(bench)]
    return [edit for edit in edits if edit.touches(bench.rows.rows).any()]


def _try_all(bench: Bench, edits: Sequence[Edit], among: Mask) -> list[Trial]:
    """Each edit alone on all rows it touches, then several together on rows that none cured.

    A last resort explains only what no fault with a name does, alone or with another.
    """
    trials = bench.try_edits(edits, among)
    named = [trial for trial, edit in zip(trials, edits, strict=True) if not edit.last_resort]
    named += joint_cures(bench, [edit for edit in edits if not edit.last_resort], _left(among, named))
    found = [*named, *(trial for trial, edit in zip(trials, edits, strict=True) if edit.last_resort)]
    return [*found, *joint_cures(bench, edits, _left(among, found))]


def _left(among: Mask, trials: Sequence[Trial]) -> Mask:
    return among & ~np.any([trial.cured for trial in trials], axis=0) if trials else among
