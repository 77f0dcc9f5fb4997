"""Rows that the model cannot take: of another shape, or with cells on which it raises."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nantrace.diagnosis.case import Case, Laboratory
from nantrace.diagnosis.cause import RefusedRows
from nantrace.diagnosis.causes import at_stage
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.features import as_sent
from nantrace.diagnosis.finding import Evidence, Finding, Origin, ResponsibleFeature, TrainingRange
from nantrace.diagnosis.phrases import title
from nantrace.diagnosis.refused_cells import MISSING, RefusedCell, RefusedRow
from nantrace.diagnosis.remedies import remedies
from nantrace.diagnosis.symptoms import Symptoms

SURE = 0.98
EXAMINED = 32  # rows for each reason
REPLACED = "the responsible cells became those of a row that the model takes"


@dataclass
class _Alike:
    """Rows refused for one reason. `cells`: of those that were examined, what makes the model raise."""

    kind: str
    raised: str
    rows: list[int] = field(default_factory=list)
    cells: dict[int, list[RefusedCell]] = field(default_factory=dict)


def refused_rows(case: Case, lab: Laboratory, seen: Symptoms) -> list[Finding]:
    """A finding for each reason: what is wrong with which inputs, else what the model raised."""
    others = np.flatnonzero(~seen.refused)
    stopped = seen.default.stopped | seen.unfused.stopped
    found: dict[str, _Alike] = {}
    for kind, rows in _by_message(seen).items():
        examined = [row for row in rows if case.fits and row not in stopped][:EXAMINED]
        cells = {row: RefusedRow.of(case, lab, row, others).cells() for row in examined}
        kinds = [_kind_of(one) for one in cells.values() if one]
        for row in rows:
            known = _kind_of(cells.get(row, ())) or (kinds[0] if kinds and row not in cells else kind)
            alike = found.setdefault(known, _Alike(known, _message(seen, row)))
            alike.rows.append(row)
            if cells.get(row):
                alike.cells[row] = cells[row]
    return [_finding(case, one) for one in found.values()]


def _message(seen: Symptoms, row: int) -> str:
    return seen.unfused.refused.get(row) or seen.default.refused.get(row, "")


def _by_message(seen: Symptoms) -> Mapping[str, list[int]]:
    """The refused rows by what the model raised; messages that differ in numbers only are one."""
    found: dict[str, list[int]] = {}
    for row in np.flatnonzero(seen.refused).tolist():
        found.setdefault(re.sub(r"\d+", "#", _message(seen, row)), []).append(row)
    return found


def _kind_of(cells: Sequence[RefusedCell]) -> str:
    """What is wrong with which inputs; which of their features varies from row to row."""
    return "; ".join(sorted({f"{one.input} {one.reason.clause}" for one in cells}))


def _finding(case: Case, alike: _Alike) -> Finding:
    cause, _ = at_stage(RefusedRows)[0]
    features = _features(case, alike.cells)
    limits = {(one.input, one.limit) for cells in alike.cells.values() for one in cells if one.limit is not None}
    diagnosed = DiagnosedRows(case, None, features, None, proven=False, note=alike.raised, taken=sorted(limits))
    count, cured = len(alike.rows), len(alike.cells)
    evidence = [Evidence("replay", count, 0, alike.raised)]
    origin = _origin(alike.cells)
    return Finding(
        symptom="replay_failed",
        cause=cause.identifier,
        confidence=SURE,
        title=title("replay_failed", cause, diagnosed),
        row_indices=sorted(alike.rows),
        origin=origin,
        first_nan=origin if origin is not None and origin.value == "NaN" else None,
        features=features,
        reproduced_in=["default", "unfused"],
        evidence=[Evidence("replace_cells", count, cured, REPLACED), *evidence] if cured else evidence,
        remedies=remedies(cause, diagnosed),
        cured=cured,
        kind=alike.kind,
    )


def _origin(cells: Mapping[int, Sequence[RefusedCell]]) -> Origin | None:
    """The input, where it is one; what the model raises on is not always a bad value."""
    kinds = {(one.input, one.reason) for some in cells.values() for one in some}
    if len({name for name, _ in kinds}) != 1:
        return None
    name, reason = next(iter(kinds))
    return Origin("input", name, value="NaN" if len(kinds) == 1 and reason is MISSING else None)


def _features(case: Case, cells: Mapping[int, Sequence[RefusedCell]]) -> list[ResponsibleFeature]:
    """Each feature with a responsible cell, the one of most rows first."""
    found: dict[tuple[str, int], dict[int, list[RefusedCell]]] = {}
    for row, some in cells.items():
        for one in some:
            feature = (one.input, one.place % case.width(one.input))
            found.setdefault(feature, {}).setdefault(row, []).append(one)
    made = [_feature(case, name, index, rows) for (name, index), rows in found.items()]
    return sorted(made, key=lambda one: (-one.rows, one.input, one.index))


def _feature(case: Case, name: str, index: int, rows: Mapping[int, Sequence[RefusedCell]]) -> ResponsibleFeature:
    tensor, width = case.inputs.by_name[name], case.width(name)
    cells = [(row, one) for row, some in rows.items() for one in some]
    values = [as_sent(tensor.take(np.array([row])), one.place // width, width, index) for row, one in cells]
    places = [one.place // width for _, one in cells]
    known = case.feature_reference(name, index)
    return ResponsibleFeature(
        input=name,
        name=case.feature_name(name, index),
        index=index,
        reason=cells[0][1].reason,
        rows=len(rows),
        values=list(dict.fromkeys(values))[:5],
        reference=None if known is None else TrainingRange(known.min, known.max, known.mean),
        positions=[min(places), max(places)] if tensor.values[0].size > width else None,
    )
