"""Which rows of one batch still fail in a model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.tensors import Tensors
from monitoring.examination import Rows, examine
from monitoring.laboratory import ReplayLaboratory
from monitoring.reference import Reference
from monitoring.replay.replayer import RefusedModelError, ReplayError

FAILURES = frozenset({"nonfinite_output", "absorbed", "replay_failed"})
NEAR_OVERFLOW = "near_overflow"  # finite rows: only a diagnosis tells whether they are still close to the edge
VARIANTS = {"default": "as served", "unfused": "without fused kernels"}
CONTEXT_ROWS = 64


@dataclass(frozen=True)
class Suspects:
    """Rows `index` of a batch that failed with `symptom`, and what was registered with the model then."""

    batch: Tensors
    index: NDArray[np.intp]
    symptom: str
    reference: Reference | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


def still_failing(model: ReplayLaboratory, suspects: Suspects) -> dict[int, str]:
    """Rows of the batch that are not cured, each with the reason in words; raises RefusedModelError.

    A row is cured when its outputs are finite as served and without fused kernels, and no bad value is lost
    inside on the way to a wrong answer. Rows that stop the model or outlast its time limit fail.
    """
    try:
        found = _nonfinite(model, suspects)
        rest = np.array([row for row in suspects.index if row not in found], np.intp)
        doubtful = rest if suspects.symptom == NEAR_OVERFLOW else _traced(model, suspects.batch, rest)
        return {**found, **_diagnosed(model, suspects, doubtful)}
    except RefusedModelError:
        raise
    except ReplayError as error:
        return {int(row): str(error) for row in suspects.index}


def _nonfinite(model: ReplayLaboratory, suspects: Suspects) -> dict[int, str]:
    rows = model.canonical(suspects.batch.take(suspects.index))
    found: dict[int, str] = {}
    for variant, words in VARIANTS.items():
        outcome = model.replay(rows, variant)
        for position in np.flatnonzero(~outcome.finite).tolist():
            refused = outcome.refused.get(position)
            reason = f"the model cannot take it: {refused}" if refused else f"answers NaN or infinity {words}"
            found.setdefault(int(suspects.index[position]), reason)
    return found


def _traced(model: ReplayLaboratory, batch: Tensors, index: NDArray[np.intp]) -> NDArray[np.intp]:
    """Those of the finite rows `index` in which a bad value is lost inside."""
    if not len(index):
        return index
    trails = model.trace(model.canonical(batch.take(index)))
    return index[sorted({row for trail in trails for row in trail.rows})]


def _diagnosed(model: ReplayLaboratory, suspects: Suspects, index: NDArray[np.intp]) -> dict[int, str]:
    """A bad value that is lost may be handled on purpose: the diagnosis tells it from a wrong answer."""
    if not len(index):
        return {}
    healthy = np.setdiff1d(np.arange(suspects.batch.rows), suspects.index)[:CONTEXT_ROWS]
    rows = Rows(suspects.batch.take(np.concatenate([index, healthy])))
    findings = examine(model.replayer, model.artifact, rows, suspects.reference, suspects.metadata)
    symptoms = FAILURES | {suspects.symptom}
    return {
        int(index[position]): finding.title
        for finding in findings
        if finding.symptom in symptoms
        for position in _within(finding.row_indices, len(index))
    }


def _within(positions: Sequence[int], count: int) -> list[int]:
    return [position for position in positions if position < count]
