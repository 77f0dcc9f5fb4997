"""Rows that the model cannot take."""

import re
from collections.abc import Mapping

import numpy as np

from nantrace.diagnosis.case import Case
from nantrace.diagnosis.cause import RefusedRows
from nantrace.diagnosis.causes import at_stage
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.finding import Evidence, Finding
from nantrace.diagnosis.phrases import title
from nantrace.diagnosis.remedies import remedies
from nantrace.diagnosis.symptoms import Symptoms

SURE = 0.98


def refused_rows(case: Case, seen: Symptoms) -> list[Finding]:
    """A finding for each reason."""
    return [_finding(case, reason, rows) for reason, rows in _by_reason(seen).items()]


def _by_reason(seen: Symptoms) -> Mapping[str, list[int]]:
    """The refused rows by what the model raised; reasons that differ in numbers only are one."""
    alike: dict[str, str] = {}
    reasons: dict[str, list[int]] = {}
    for row in np.flatnonzero(seen.refused).tolist():
        reason = seen.unfused.refused.get(row) or seen.default.refused.get(row, "")
        reasons.setdefault(alike.setdefault(re.sub(r"\d+", "#", reason), reason), []).append(row)
    return reasons


def _finding(case: Case, reason: str, rows: list[int]) -> Finding:
    cause, _ = at_stage(RefusedRows)[0]
    diagnosed = DiagnosedRows(case, None, [], None, proven=False, note=reason)
    return Finding(
        symptom="replay_failed",
        cause=cause.identifier,
        confidence=SURE,
        title=title("replay_failed", cause, diagnosed),
        row_indices=rows,
        reproduced_in=["default", "unfused"],
        evidence=[Evidence("replay", len(rows), 0, reason)],
        remedies=remedies(cause, diagnosed),
    )
