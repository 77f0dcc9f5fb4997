"""Which rows of one batch still fail in a model."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.headroom import WITHIN
from nantrace.laboratory.examine_batch import PostedRows, examine_canonical
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.operations import LARGEST
from nantrace.reference import Reference
from nantrace.replay.replay_errors import RefusedModelError, ReplayError
from nantrace.tensors.tensor import Table, Tensors

FAILURES = frozenset({"nonfinite_output", "absorbed", "replay_failed"})
NEAR_OVERFLOW = "near_overflow"
VARIANTS = {"default": "as served", "unfused": "without fused kernels"}
CONTEXT_ROWS = 64
Reasons = dict[int, str]  # by position among the rows that are replayed
Positions = NDArray[np.intp]


@dataclass(frozen=True)
class FailedRows:
    """Rows `index` of a batch that failed with `symptom`, and what was registered with the model then."""

    batch: Tensors
    index: NDArray[np.intp]
    symptom: str
    reference: Reference | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


def still_failing(model: ReplayLaboratory, failed: FailedRows) -> dict[int, str]:
    """Rows of the batch that are not cured, each with the reason in words; raises RefusedModelError.

    A row is cured when its outputs are finite as served and without fused kernels, and no bad value is lost
    inside on the way to a wrong answer; one that came near an overflow, when no layer does so any more. Rows
    that stop the model or outlast its time limit fail.
    """
    matched = model.matched(Table(failed.batch), failed.metadata)
    if matched.missing:
        return dict.fromkeys(failed.index.tolist(), f"the batch {matched.lack('the model')}")
    batch = matched.table.tensors
    try:
        rows = batch.take(failed.index)
        found, doubtful = _replayed(model, rows)
        lost = _diagnosed(model, replace(failed, batch=batch), _traced(model, rows, doubtful))
        near = _near_overflow(model, rows) if failed.symptom == NEAR_OVERFLOW else {}
    except RefusedModelError:
        raise
    except ReplayError as error:
        return {int(row): str(error) for row in failed.index}
    return {int(failed.index[position]): reason for position, reason in {**near, **lost, **found}.items()}


def _replayed(model: ReplayLaboratory, rows: Tensors) -> tuple[Reasons, Positions]:
    """Rows that are not finite with the reason, and finite ones in which a bad value could be lost."""
    found: Reasons = {}
    hidden = np.ones(rows.rows, bool)
    for variant, words in VARIANTS.items():
        outcome = model.replay(rows, variant)
        for position in np.flatnonzero(~outcome.finite).tolist():
            refused = outcome.refused.get(position)
            reason = f"the model cannot take it: {refused}" if refused else f"answers NaN or infinity {words}"
            found.setdefault(position, reason)
        if outcome.hidden is not None:
            hidden = outcome.hidden
    doubtful = hidden | rows.nonfinite_rows()
    doubtful[list(found)] = False
    return found, np.flatnonzero(doubtful)


def _traced(model: ReplayLaboratory, rows: Tensors, doubtful: Positions) -> Positions:
    """Those in which a bad value really is lost inside."""
    if not len(doubtful):
        return doubtful
    return doubtful[sorted({row for trail in model.trace(rows.take(doubtful)) for row in trail.rows})]


def _near_overflow(model: ReplayLaboratory, rows: Tensors) -> Reasons:
    """Rows that take a layer within a decade of its dtype's maximum, whatever another model's reference did."""
    magnitudes, taps = model.replay(rows, "tapped").magnitudes, model.facts().taps
    if magnitudes is None:
        return {}
    near = magnitudes > np.array([LARGEST[tap["dtype"]] / WITHIN for tap in taps])
    return {
        int(position): f"takes {taps[layer]['layer'] or taps[layer]['operation']} within a decade of an overflow"
        for position, layer in zip(*np.nonzero(near), strict=True)
    }


def _diagnosed(model: ReplayLaboratory, failed: FailedRows, positions: Positions) -> Reasons:
    """A bad value that is lost may be handled on purpose: the diagnosis decides whether the answer is wrong."""
    if not len(positions):
        return {}
    healthy = np.setdiff1d(np.arange(failed.batch.rows), failed.index)[:CONTEXT_ROWS]
    inputs = failed.batch.take(np.concatenate([failed.index[positions], healthy]))
    findings = examine_canonical(model, PostedRows(inputs), failed.reference, failed.metadata)
    return {
        int(positions[row]): finding.title
        for finding in findings
        if finding.symptom in FAILURES
        for row in finding.row_indices
        if row < len(positions)
    }
