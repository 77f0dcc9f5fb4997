"""The first stage: edits of the rows, each alone, then the smallest sets of them that cure together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from nantrace.diagnosis.case import Mask, TracedRows
from nantrace.diagnosis.cause import RowEdits
from nantrace.diagnosis.causes import at_stage
from nantrace.diagnosis.edit import Edit, together
from nantrace.diagnosis.stages.verdict import Verdict, Verdicts, cured_rows, first_of_each_row, sent_rows
from nantrace.diagnosis.trials import Bench, Trial, as_rows


def at_inputs(bench: Bench, left: Mask, trails: Mapping[int, TracedRows]) -> Verdicts:
    """The rows that some change of them cures."""
    trials = _try_all(bench, _row_edits(bench), left)
    by_cause = {cause.identifier: (cause, stage.sources) for cause, stage in at_stage(RowEdits)}
    found: list[Verdict] = []
    for trial in trials:
        if trial.edit is None:
            continue
        cause, kinds = by_cause[trial.edit.cause]
        first = trial.edit.parts[0] if trial.edit.parts else trial.edit
        if first.replaces_nonfinite:
            found += sent_rows(trial, first, cause, bench.rows, trails)
        else:
            found += cured_rows(trial, cause, kinds, trails)
    return Verdicts(first_of_each_row(found), trials)


def _row_edits(bench: Bench) -> list[Edit]:
    """All edits of the rows that could cure them, the furthest upstream first."""
    edits = [edit for _, stage in at_stage(RowEdits) for edit in stage.make(bench)]
    edits = [bench.of_faults(edit) if edit.replaces_nonfinite else edit for edit in edits]
    return [edit for edit in edits if edit.touches(bench.rows.rows).any()]


def _try_all(bench: Bench, edits: Sequence[Edit], among: Mask) -> list[Trial]:
    """Each edit alone on all rows it touches, then several together on rows that none cured.

    A last resort explains only what no fault with a name does, alone or with another.
    """
    trials = bench.try_edits(edits, among)
    named = [trial for trial, edit in zip(trials, edits, strict=True) if not edit.last_resort]
    named += _joint_cures(bench, [edit for edit in edits if not edit.last_resort], _left(among, named))
    found = [*named, *(trial for trial, edit in zip(trials, edits, strict=True) if edit.last_resort)]
    return [*found, *_joint_cures(bench, edits, _left(among, found))]


def _left(among: Mask, trials: Sequence[Trial]) -> Mask:
    return among & ~np.any([trial.cured for trial in trials], axis=0) if trials else among


def _joint_cures(bench: Bench, edits: Sequence[Edit], left: Mask) -> list[Trial]:
    """All edits at once on the rows `left`; then each, the last first, is left out of the rows that pass without it.

    For each set of edits that remains, one trial per edit of it; their edit makes the changes of the whole set.
    """
    if len(edits) < 2 or not left.any():
        return []
    kept = np.array([edit.touches(bench.rows.rows) & _allowed(bench, edit) for edit in edits])
    (joint,) = bench.try_edits([_combined(edits, kept)], left & (kept.sum(axis=0) > 1))
    for i in reversed(range(len(edits))):
        fewer = kept.copy()
        fewer[i] = False
        among = joint.cured & kept[i] & fewer.any(axis=0)
        if among.any():
            (trial,) = bench.try_edits([_combined(edits, fewer)], among)
            kept[i] &= ~trial.cured
    found = []
    for pattern in np.unique(kept[:, joint.cured].T, axis=0):
        rows = joint.cured & (pattern == kept.T).all(axis=1)
        found += _trials([edit for edit, used in zip(edits, pattern, strict=True) if used], rows)
    return found


def _allowed(bench: Bench, edit: Edit) -> Mask:
    """Of a finite answer, only what replaces a bad value shows whether this one was lost: others change it anyway."""
    return ~bench.swallowed | edit.replaces_nonfinite


def _combined(edits: Sequence[Edit], kept: Mask) -> Edit:
    """Each edit on its rows of `kept`, shape (edits, rows)."""
    return together([_on(edit, rows) for edit, rows in zip(edits, kept, strict=True)], "joint")


def _on(edit: Edit, rows: Mask) -> Edit:
    cells = {name: mask & as_rows(rows, mask) for name, mask in edit.cells.items()}
    return replace(edit, cells=cells, control=_on(edit.control, rows) if edit.control else None)


def _trials(edits: Sequence[Edit], rows: Mask) -> list[Trial]:
    whole = together(edits, "joint")
    made = [
        replace(whole, test=one.test, cause=one.cause, sentinels=one.sentinels, undoes=one.undoes, parts=tuple(edits))
        for one in edits
    ]
    return [Trial(one.test, rows, rows, one.note, one) for one in made]
