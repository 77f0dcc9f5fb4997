"""Rows that were served non-finite although the standing replays are finite: is it the environment?"""

import numpy as np

from nantrace.diagnosis.case import STANDING, Case, Laboratory, Mask
from nantrace.diagnosis.cause import Environment, ServedVariant
from nantrace.diagnosis.causes import at_stage
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.finding import Evidence, Finding
from nantrace.diagnosis.phrases import title
from nantrace.diagnosis.remedies import remedies
from nantrace.diagnosis.trials import Rows

VARIANTS = ("eager", "xla", "float64")  # and those in which a cause expects the rows to fail


def served_only(case: Case, lab: Laboratory, rows: Mask) -> list[Finding]:
    """Replays the rows as the recorded environment computed them; what fails there is explained by it."""
    index = np.flatnonzero(rows)
    if not len(index):
        return []
    failing, evidence = _replays(case, lab, index)
    left = np.ones(len(index), bool)
    found = []
    for _, stage in at_stage(ServedVariant):
        failed = failing.get(stage.variant, np.zeros_like(left)) & left
        if failed.any():
            found.append(stage.finding(case, index[failed], evidence))
            left &= ~failed
    return [*found, *_elsewhere(case, index[left], evidence)]


def _replays(case: Case, lab: Laboratory, index: Rows) -> tuple[dict[str, Mask], list[Evidence]]:
    """By variant the rows that are not finite in it, shape (rows,), and how many were finite: nothing was changed."""
    failing: dict[str, Mask] = {}
    count = len(index)
    evidence = [_finite(variant, count, count) for variant in STANDING]
    for variant, after in lab.replay_each(case.inputs.take(index), _variants(case)).items():
        failing[variant] = ~after.finite
        failing[variant][list(after.refused)] = False
        if len(after.refused) < count:
            evidence.append(_finite(variant, count, int(after.finite.sum())))
    return failing, evidence


def _finite(variant: str, rows: int, finite: int) -> Evidence:
    return Evidence(variant, rows, 0, f"nothing was changed: {'' if finite == rows else 'not all '}finite")


def _variants(case: Case) -> list[str]:
    expected = [stage.variant for _, stage in at_stage(ServedVariant) if stage.applies(case)]
    return [*VARIANTS, *(variant for variant in expected if variant not in VARIANTS)]


def _elsewhere(case: Case, index: Rows, evidence: list[Evidence]) -> list[Finding]:
    """Finite in every replay: what differs between the serving environment and this one?"""
    for cause, stage in at_stage(Environment) if len(index) else []:
        difference = stage.difference(case)
        if difference is not None:
            note = f"of something outside the model: {difference}"
            diagnosed = DiagnosedRows(case, None, [], None, proven=False, note=note)
            return [
                Finding(
                    symptom="nonfinite_output",
                    cause=cause.identifier,
                    confidence=stage.confidence,
                    title=title("nonfinite_output", cause, diagnosed),
                    row_indices=index.tolist(),
                    evidence=evidence,
                    remedies=remedies(cause, diagnosed),
                    likely=stage.likely,
                )
            ]
    return []
