"""Replays the failing rows with one thing changed at a time, and remembers which rows that cured."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.tensors import Tensors
from monitoring.diagnosis.case import Case, Json, Laboratory, Mask, Outcome
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
    before: Outcome  # the unfused replay of the rows as they are

    def is_cured(self, changed: Tensors) -> Mask:
        """Finite unfused and as served."""
        cured = self.lab.replay(changed, "unfused").finite
        if cured.any():
            cured = cured & self.lab.replay(changed, "default").finite
        return cured

    def is_corrected(self, changed: Tensors, positions: Rows) -> Mask:
        """For swallowed rows, changed copies of the rows at `positions`: nothing bad inside, and another answer."""
        after = self.lab.replay(changed, "unfused")
        corrected = after.finite & differ(self.before, positions, after)
        if corrected.any():
            for trail in self.lab.trace(changed):
                corrected[list(trail.rows)] = False
        return corrected

    def answers_like(self, target: Outcome, changed: Tensors) -> Mask:
        """Variants of one swallowed row: do they answer what the wholly cured row (a batch of 1) answers?"""
        after = self.lab.replay(changed, "unfused")
        return after.finite & ~differ(target, np.zeros(changed.rows, np.intp), after)

    def try_edit(self, edit: Edit, among: Mask) -> Trial:
        """Applies an edit to those of the rows `among` that it touches."""
        tried = edit.touches(self.rows.rows) & among
        cured = np.zeros(self.rows.rows, bool)
        index = np.flatnonzero(tried)
        if len(index):
            changed = edit.take(index).apply(self.rows.take(index))
            inside = np.flatnonzero(self.swallowed[index])
            plain = np.flatnonzero(~self.swallowed[index])
            if len(plain):
                cured[index[plain]] = self.is_cured(changed.take(plain))
            if len(inside):
                cured[index[inside]] = self.is_corrected(changed.take(inside), index[inside])
        return Trial(edit.test, tried, cured, edit.note, edit)

    def try_change(self, test: str, change: Json, among: Mask, note: str) -> Trial:
        """Replays rows through the model with something changed in it."""
        cured = np.zeros(self.rows.rows, bool)
        index = np.flatnonzero(among)
        if len(index):
            cured[index] = self._mended(self.lab.experiment(self.rows.take(index), change), index)
        return Trial(test, among.copy(), cured, note, change=change)

    def try_variant(self, test: str, among: Mask, note: str) -> Trial:
        """Replays rows under another variant."""
        cured = np.zeros(self.rows.rows, bool)
        index = np.flatnonzero(among)
        if len(index):
            cured[index] = self._mended(self.lab.replay(self.rows.take(index), test), index)
        return Trial(test, among.copy(), cured, note)

    def _mended(self, after: Outcome, positions: Rows) -> Mask:
        """Rows that are finite with the model changed; swallowed ones (finite anyway) must answer otherwise."""
        return after.finite & (~self.swallowed[positions] | differ(self.before, positions, after))


def differ(before: Outcome, positions: Rows, after: Outcome) -> Mask:
    """Rows of `after` whose outputs are not those of the rows `positions` of `before`, but for rounding."""
    found = np.zeros(len(after.finite), bool)
    for name, new in after.outputs.items():
        old = before.outputs[name][positions]
        same = np.isclose(old, new, rtol=1e-4, atol=1e-6, equal_nan=True) if new.dtype.kind == "f" else old == new
        found |= ~same.reshape(len(new), -1).all(axis=1)
    return found


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
