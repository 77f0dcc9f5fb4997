"""Replays the failing rows with one thing changed at a time, and remembers which rows that cured."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import STANDING, Case, Json, Laboratory, Mask, ReplayOutcome
from nantrace.diagnosis.cells import expected, typical
from nantrace.diagnosis.edit import Edit
from nantrace.diagnosis.operations import family
from nantrace.tensors.same_answers import LOW_PRECISION, OTHER_PRECISION, SAME_PRECISION, Tolerance, differing_rows
from nantrace.tensors.tensor import Tensors

Rows = NDArray[np.intp]
PASS_CELLS = 8_000_000  # of the rows of one forward pass, or of the answers to them
MOST_IN_A_CHAIN = 6  # places that fail one behind the other: each takes an experiment and a trace


@dataclass(frozen=True)
class Trial:
    """One experiment over the failing rows: `tried` and `cured` have shape (failing rows,).

    `places`: the operations that it guarded. `variant`: where it is a replay of the same rows and model, in which one.
    """

    test: str
    tried: Mask
    cured: Mask
    note: str = ""
    edit: Edit | None = None
    change: Json = field(default_factory=dict)
    places: Sequence[Json] = ()
    variant: str = ""


@dataclass(frozen=True)
class Bench:
    """The failing rows of a case, and the way to ask whether a changed copy of some of them is cured."""

    case: Case
    lab: Laboratory
    rows: Tensors
    healthy: Tensors
    swallowed: Mask  # rows whose output is finite in every replay although a bad value was in them
    before: ReplayOutcome  # the unfused replay of the rows as they are

    @cached_property
    def expected(self) -> Edit:
        """Bad cells that are no fault where the answer is finite become typical ones."""
        values = {tensor.name: typical(self.case, tensor, self.healthy) for tensor in self.rows}
        cells = {tensor.name: expected(self.case, tensor) for tensor in self.rows}
        return Edit("expected", "", values, cells)

    def is_cured(self, changed: Tensors) -> Mask:
        """Finite unfused and as served."""
        cost = self._copy_cells
        parts = np.array_split(np.arange(changed.rows), max(1, -(-changed.rows * cost // PASS_CELLS)))
        replays = [self.lab.replay_each(changed.take(part), STANDING) for part in parts]
        return np.concatenate([after["unfused"].finite & after["default"].finite for after in replays])

    @property
    def _copy_cells(self) -> int:
        """Of one more row in a pass: its inputs, or the answer to it where that is larger."""
        answer = sum(values[:1].size for values in self.before.outputs.values())
        return max(_cells(self.rows), answer, 1)

    def answers_like(self, target: ReplayOutcome, changed: Tensors) -> Mask:
        """Variants of one swallowed row: do they answer what the wholly cured row (a batch of 1) answers?"""
        after = self.lab.replay(changed, "unfused")
        return after.finite & ~differ(target, np.zeros(changed.rows, np.intp), after)

    def try_edits(self, edits: Sequence[Edit], among: Mask) -> list[Trial]:
        """Each edit on those of the rows `among` that it touches; where it has a control, this must cure as well."""
        controls = [edit.control for edit in edits if edit.control is not None]
        tried, cured = self._tried([*edits, *controls], among)
        confirmed = iter(cured[len(edits) :])
        return [
            Trial(edit.test, touched, mended & next(confirmed) if edit.control else mended, edit.note, edit)
            for edit, touched, mended in zip(edits, tried, cured, strict=False)
        ]

    def _tried(self, edits: Sequence[Edit], among: Mask) -> tuple[list[Mask], list[Mask]]:
        """Per edit the rows it was tried on and those it cured; the edited copies are rows of one batch."""
        tried = [edit.touches(self.rows.rows) & among for edit in edits]
        positions = [np.flatnonzero(mask) for mask in tried]
        cured = [np.zeros_like(among) for _ in edits]
        for group in _groups([len(index) * self._copy_cells for index in positions]):
            some = [positions[i] for i in group]
            copies = Tensors.stacked([edits[i].take(positions[i]).apply(self.rows.take(positions[i])) for i in group])
            answers = np.split(
                self._cured(copies, np.concatenate(some)), np.cumsum([len(index) for index in some])[:-1]
            )
            for i, answer in zip(group, answers, strict=True):
                cured[i][positions[i]] = answer
        return tried, cured

    def _cured(self, changed: Tensors, positions: Rows) -> Mask:
        """Changed copies of the rows at `positions`: finite; swallowed ones: nothing bad inside, and another answer."""
        if not len(positions):
            return np.zeros(0, bool)
        after = self.lab.replay_each(changed, STANDING)
        swallowed = self.swallowed[positions]
        another = differ(self.before, positions, after["unfused"])
        cured = after["unfused"].finite & np.where(swallowed, another, after["default"].finite)
        inside = np.flatnonzero(cured & swallowed)
        if len(inside):
            for trail in self.lab.trace(self.expected.take(positions[inside]).apply(changed.take(inside))):
                cured[inside[list(trail.rows)]] = False
        return cured

    def of_faults(self, edit: Edit) -> Edit:
        """The edit without cells of swallowed rows whose bad values are expected."""
        meant = {name: mask & as_rows(self.swallowed, mask) for name, mask in self.expected.cells.items()}
        return replace(edit, cells={name: mask & ~meant[name] for name, mask in edit.cells.items()})

    def try_change(self, test: str, change: Json, among: Mask, note: str) -> Trial:
        """Replays rows through the model with something changed in it; none is tried where it holds no such thing."""
        cured = np.zeros(self.rows.rows, bool)
        index = np.flatnonzero(among)
        if len(index):
            after = self.lab.experiment(self.rows.take(index), change)
            if after.idle:
                return Trial(test, cured, cured, note, change=change)
            cured[index] = self._mended(after, index, same_model="weights" not in change)
        return Trial(test, among.copy(), cured, note, change=change)

    def try_variant(self, test: str, among: Mask, note: str) -> Trial:
        """Replays rows under another variant."""
        cured = np.zeros(self.rows.rows, bool)
        index = np.flatnonzero(among)
        if len(index):
            cured[index] = self._mended(self.lab.replay(self.rows.take(index), test), index)
        return Trial(test, among.copy(), cured, note, variant=test)

    def finite_in(self, variant: str, among: Mask) -> Mask:
        """Which of the rows `among` are finite under another variant, right or not."""
        finite = np.zeros(self.rows.rows, bool)
        index = np.flatnonzero(among)
        if len(index):
            finite[index] = self.lab.replay(self.rows.take(index), variant).finite
        return finite

    def guarded(self, places: Sequence[Json], among: Mask, test: str, note: str) -> Trial:
        """Replays rows with the operations at these places kept where they are defined and finite.

        A failure may hide another one behind it. So where rows still fail, those that fail with the guards join them.
        """
        known = list(places)
        for _ in range(MOST_IN_A_CHAIN):
            trial = self.try_change(test, _guard(known), among, note)
            more = self._failing_behind(known, among & ~trial.cured)
            if not more:
                break
            known += more
        return replace(trial, places=tuple(known))

    def _failing_behind(self, known: Sequence[Json], left: Mask) -> list[Json]:
        """Operations that leave their domain or overflow in the rows `left` with the `known` ones guarded."""
        index = np.flatnonzero(left)
        trails = self.lab.trace(self.rows.take(index), _guard(known)) if len(index) else []
        found = {one["name"]: one for trail in trails for one in trail.sources if one["kind"] == "operation"}
        names = {one["name"] for one in known}
        return [one for name, one in found.items() if name not in names and family(one) in ("domain", "exponential")]

    def replay_changed(self, trial: Trial, positions: Rows) -> ReplayOutcome | None:
        """What the rows at `positions` are answered with the change; None where it is of which rows there are."""
        rows = self.rows.take(positions)
        if trial.edit is not None:
            return self.lab.replay(trial.edit.take(positions).apply(rows), "default")
        if trial.change:
            return self.lab.experiment(rows, trial.change)
        return self.lab.replay(rows, trial.variant) if trial.variant else None

    def in_float64(self, among: Mask) -> Trial:
        """Replays rows in float64."""
        return self.try_variant("float64", among, "computed in float64")

    def _mended(self, after: ReplayOutcome, positions: Rows, *, same_model: bool = True) -> Mask:
        """Rows that are finite and right with the model changed; swallowed ones were finite, and answer otherwise.

        Other weights are another model, with other answers.
        """
        swallowed = self.swallowed[positions]
        answered = np.where(swallowed, differ(self.before, positions, after), True)
        cured = after.finite & answered
        return cured & (swallowed | self._right(after, positions)) if same_model and cured.any() else cured

    def _right(self, after: ReplayOutcome, positions: Rows) -> Mask:
        """Where the unchanged model is finite in float64, there is one right answer, and a changed one must give it."""
        tolerance = LOW_PRECISION if self.case.model.low_precision else OTHER_PRECISION
        known = self._in_float64.finite[positions]
        if not known.any():
            return ~known
        return ~known | ~differ(self._in_float64, positions, after, tolerance)

    @cached_property
    def _in_float64(self) -> ReplayOutcome:
        return self.lab.replay(self.rows, "float64")


def as_rows(rows: Mask, cells: Mask) -> Mask:
    """A mask of rows in as many axes as `cells` has."""
    return rows.reshape(-1, *([1] * (cells.ndim - 1)))


def _guard(places: Sequence[Json]) -> Json:
    return {"guard": {one["name"]: one["operation"] for one in places}}


def differ(before: ReplayOutcome, positions: Rows, after: ReplayOutcome, tolerance: Tolerance = SAME_PRECISION) -> Mask:
    """Rows of `after` whose outputs are not those of the rows `positions` of `before`, but for rounding."""
    found = np.zeros(len(after.finite), bool)
    for name, new in after.outputs.items():
        found |= differing_rows(before.outputs[name][positions], new, tolerance)
    return found


def _groups(cells: Sequence[int]) -> Iterator[list[int]]:
    """Runs of positions whose cells fit into one pass, in order; a single one may be larger."""
    group: list[int] = []
    for i, count in enumerate(cells):
        if group and sum(cells[one] for one in group) + count > PASS_CELLS:
            yield group
            group = []
        group.append(i)
    if group:
        yield group


def _cells(rows: Tensors) -> int:
    """Cells of one row."""
    return sum(int(np.prod(tensor.values.shape[1:])) for tensor in rows)


def as_counts(trial: Trial, rows: Rows) -> Mapping[str, Any]:
    """What a trial says about some of the failing rows."""
    return {"rows": int(trial.tried[rows].sum()), "cured": int((trial.cured & trial.tried)[rows].sum())}
