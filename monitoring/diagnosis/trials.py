"""Replays the failing rows with one thing changed at a time, and remembers which rows that cured."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.tensors import Tensors
from monitoring.diagnosis.case import Case, Json, Laboratory, Mask
from monitoring.diagnosis.edits import Edit, clip, impute, impute_sentinels, replace_infinite, together
from monitoring.diagnosis.positions import valid_position
from monitoring.diagnosis.rescaling import rescalings
from monitoring.diagnosis.sentinels import find_sentinels

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Trial:
    """One experiment over the failing rows: `tried` and `cured` have shape (failing rows,)."""

    test: str
    tried: Mask
    cured: Mask
    note: str = ""
    edit: Edit | None = None
    change: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Bench:
    """The failing rows of a case, and the way to ask whether a changed copy of some of them is cured."""

    case: Case
    lab: Laboratory
    rows: Tensors
    healthy: Tensors
    swallowed: Mask  # rows whose output is finite in every replay although a bad value was in them

    def is_cured(self, changed: Tensors, swallowed: bool = False) -> Mask:
        """Finite unfused and as served; for swallowed rows also without any bad value inside."""
        cured = self.lab.replay(changed, "unfused").finite
        if cured.any():
            cured = cured & self.lab.replay(changed, "default").finite
        if swallowed and cured.any():
            cured = cured.copy()
            for trail in self.lab.trace(changed):
                cured[list(trail.rows)] = False
        return cured

    def try_edit(self, edit: Edit, among: Mask) -> Trial:
        """Applies an edit to those of the rows `among` that it touches."""
        tried = edit.touches(self.rows.rows) & among
        cured = np.zeros(self.rows.rows, bool)
        index = np.flatnonzero(tried)
        if len(index):
            changed = edit.take(index).apply(self.rows.take(index))
            inside = self.swallowed[index]
            for kind in {bool(one) for one in inside}:
                part = np.flatnonzero(inside == kind)
                cured[index[part]] = self.is_cured(changed.take(part), kind)
        return Trial(edit.test, tried, cured, edit.note, edit)

    def try_change(self, test: str, change: Json, among: Mask, note: str) -> Trial:
        """Replays rows through the model with something changed in it."""
        cured = np.zeros(self.rows.rows, bool)
        index = np.flatnonzero(among)
        if len(index):
            cured[index] = self.lab.experiment(self.rows.take(index), change).finite
        return Trial(test, among, cured, note, change=change)

    def try_variant(self, test: str, among: Mask, note: str) -> Trial:
        """Replays rows under another variant."""
        cured = np.zeros(self.rows.rows, bool)
        index = np.flatnonzero(among)
        if len(index):
            cured[index] = self.lab.replay(self.rows.take(index), test).finite
        return Trial(test, among, cured, note)


def input_edits(bench: Bench, batch: Tensors) -> list[Edit]:
    """All edits of the rows that could cure them, the furthest upstream first."""
    case, rows = bench.case, bench.rows
    edits = [impute(case, rows, bench.healthy)]
    sentinels = find_sentinels(case, rows)
    if sentinels:
        edits.append(impute_sentinels(case, rows, bench.healthy, sentinels))
    edits.append(replace_infinite(case, rows, bench.healthy))
    edits += list(rescalings(case, rows, batch))
    edits += [clip(case, rows), valid_position(case, rows, bench.healthy)]
    return [edit for edit in edits if edit.touches(rows.rows).any()]


def try_inputs(bench: Bench, edits: Iterable[Edit]) -> list[Trial]:
    """Each edit alone on all rows it touches; then all together on rows that none cured."""
    edits = list(edits)
    everything = np.ones(bench.rows.rows, bool)
    trials = [bench.try_edit(edit, everything) for edit in edits]
    left = ~np.any([trial.cured for trial in trials], axis=0) if trials else everything
    if not left.any() or len(edits) < 2:
        return trials
    joint = bench.try_edit(together(edits, "impute"), left)
    return [*trials, *_necessary(bench, edits, joint)] if joint.cured.any() else trials


def _necessary(bench: Bench, edits: list[Edit], joint: Trial) -> list[Trial]:
    """For rows that only several edits together cure: each edit without which they fail again."""
    found = []
    for i, edit in enumerate(edits):
        rest = edits[:i] + edits[i + 1 :]
        without = bench.try_edit(together(rest, edit.test), joint.cured)
        needed = joint.cured & ~without.cured & edit.touches(bench.rows.rows)
        if needed.any():
            combined = together([edit, *rest], edit.test)
            note = f"{edit.note}, together with other changes"
            whole = Edit(edit.test, edit.cause, combined.values, combined.cells, note, edit.details)
            found.append(Trial(edit.test, needed, needed, note, whole))
    return found


def as_counts(trial: Trial, rows: Rows) -> Mapping[str, Any]:
    """What a trial says about some of the failing rows."""
    return {"rows": int(trial.tried[rows].sum()), "cured": int((trial.cured & trial.tried)[rows].sum())}
