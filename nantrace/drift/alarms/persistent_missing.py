"""Cells that were never missing and now are, a few in every hour: evidence over consecutive windows.

In one small window 5% may be chance. Windows are pooled from the first with such a cell on, for as long as the
rate of them all matters, and the pooled counts are tested like those of one window. That the last L windows hold so
many has the budget's share 1 / (L (L + 1)), which sums up to 1 over all L, so that no length was picked after the fact.

Looked at are features that the reference has always filled. Where some cells are usually missing, outages are usual as
well and last for hours: such rates are ranked among past hours (`missing_rank`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import exp, log
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.alarms.budget import PERSISTENT_SHARE, hourly, nats_needed
from nantrace.drift.alarms.chernoff_bounds import rate_evidence
from nantrace.drift.alarms.integrity import MINIMAL_INCREASE, IntegrityAlarm, IntegrityKind
from nantrace.drift.profile import Profile
from nantrace.drift.window import TensorWindow, Window

Counts = NDArray[np.int64]

KINDS: dict[IntegrityKind, Callable[[TensorWindow], Counts]] = {
    IntegrityKind.MISSING: lambda window: window.missing,
    IntegrityKind.NAN: lambda window: window.nan,
}


@dataclass(frozen=True)
class Run:
    """`windows` in a row that hold `cases` in `cells`."""

    windows: int = 0
    cases: int = 0
    cells: int = 0

    def with_window(self, cases: int, cells: int) -> "Run":
        return Run(self.windows + 1, self.cases + cases, self.cells + cells)

    @property
    def rate(self) -> float:
        return self.cases / max(self.cells, 1)


@dataclass(frozen=True)
class PersistentMissing:
    """The runs that go on, by kind and number of the feature in the profile; in most traffic none."""

    runs: Mapping[tuple[IntegrityKind, int], Run] = field(default_factory=dict)

    def to_json(self) -> list[list[Any]]:
        """Strict JSON."""
        return [[kind.value, i, run.windows, run.cases, run.cells] for (kind, i), run in self.runs.items()]

    @classmethod
    def from_json(cls, data: list[list[Any]]) -> Self:
        """The inverse of `to_json`; [] is the state before the first window."""
        return cls({(IntegrityKind(kind), i): Run(*counts) for kind, i, *counts in data})


@dataclass(frozen=True)
class PersistentAlarm:
    """What lasts for `windows`: `alarm` counts the cells of all of them."""

    alarm: IntegrityAlarm
    windows: int


def judge_persistent(
    state: PersistentMissing, profile: Profile, window: Window
) -> tuple[PersistentMissing, list[PersistentAlarm]]:
    """Judges windows of one model in the order of time, each once. A run that alarms goes on, and alarms again."""
    features, cells, known = profile.features, _cells(window), _cells(profile.reference)
    needed = nats_needed(len(KINDS) * len(features), hourly(PERSISTENT_SHARE))
    runs: dict[tuple[IntegrityKind, int], Run] = {}
    alarms = []
    for kind in KINDS:
        cases, before = _cases(window, kind), _cases(profile.reference, kind)
        begun = {i for one, i in state.runs if one is kind}
        for i in sorted(begun.union(np.flatnonzero((cases > 0) & (before == 0)).tolist())):
            run = state.runs.get((kind, i), Run()).with_window(int(cases[i]), int(cells[i]))
            if run.rate < MINIMAL_INCREASE:
                continue
            runs[kind, i] = run
            nats = float(rate_evidence(np.array(run.cases), np.array(run.cells), np.array(0.0), known[i]))
            here = cases[i] >= max(MINIMAL_INCREASE * cells[i], 1)
            if here and nats >= needed + log(run.windows * (run.windows + 1)):
                found = IntegrityAlarm(features[i], kind, run.cases, run.rate, 0.0, exp(-nats))
                alarms.append(PersistentAlarm(found, run.windows))
    return PersistentMissing(runs), alarms


def _cells(window: Window) -> Counts:
    return np.concatenate([np.zeros(0, np.int64), *(np.full(len(each.nan), each.cells) for each in window.tensors)])


def _cases(window: Window, kind: IntegrityKind) -> Counts:
    return np.concatenate([np.zeros(0, np.int64), *(KINDS[kind](each) for each in window.tensors)])
