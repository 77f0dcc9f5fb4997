"""How far each layer is from its dtype's maximum: the layer strip, and warnings before anything breaks."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import Case, Laboratory, Mask
from nantrace.diagnosis.finding import Finding, LayerMagnitude, Origin, spelled
from nantrace.operations import LARGEST

STRIP_ROWS = 64  # failing rows that are enough to show where rows go wrong
SMALL_BATCH, SHARE = 16, 32  # a sample is a 32nd of the rows, and at least 16
WITHIN = 10.0  # one decade
FURTHER = 1.1  # than the reference, so that a maximum seen in training is no news


def layer_strip(case: Case, lab: Laboratory, rows: Sequence[int]) -> list[LayerMagnitude]:
    """Per tap, in the order of the computation: the largest magnitude of these rows and how many are bad there."""
    some = lab.replay(case.inputs.take(np.asarray(rows[:STRIP_ROWS])), "tapped").magnitudes
    if some is None or not some.size:
        return []
    bad = (~np.isfinite(some)).sum(axis=0)
    top = np.where(np.isnan(some).any(axis=0), np.nan, some.max(axis=0))
    return [
        LayerMagnitude(**tap, max=spelled(float(top[i])), bad_rows=int(bad[i]), headroom=_decades(float(top[i]), tap))
        for i, tap in enumerate(case.model.taps)
    ]


def _decades(magnitude: float, tap: Mapping[str, Any]) -> float | None:
    """log10(dtype's maximum / magnitude): 0 is the edge."""
    if not np.isfinite(magnitude) or magnitude == 0:
        return None
    return round(float(np.log10(LARGEST[tap["dtype"]] / magnitude)), 2)


def least_headroom(
    taps: Sequence[Mapping[str, Any]], magnitudes: NDArray[np.float64], known: Sequence[float]
) -> float | None:
    """Decades between the finite `magnitudes` (rows, taps) and the largest number of their dtype, of the closest tap.

    A tap that the reference takes within a decade as well counts only where these rows take it further, so that less
    than 1 is what `near_overflow` reports. `known`: the reference's magnitude per tap, () where there is none. None
    where nothing is to be said: every magnitude is 0 or not finite. What is infinite is a mask, or an incident by
    itself.
    """
    limits = np.array([LARGEST[tap["dtype"]] for tap in taps])
    top = np.where(np.isfinite(magnitudes), magnitudes, 0.0).max(axis=0, initial=0.0)
    further = top > FURTHER * np.array(known) if len(known) == len(taps) else True
    counts = (top > 0) & ((top <= limits / WITHIN) | further)
    return float(np.log10(limits[counts] / top[counts]).min()) if counts.any() else None


def near_overflow(case: Case, lab: Laboratory, healthy: Mask) -> list[Finding]:
    """Layers that rows which still pass take within a decade of the edge, further than the reference took them.

    Of a large batch a sample is looked at first, and only where the case asks for it: the layer strip costs more than
    a forward pass.
    """
    known = case.reference.activations if case.reference else None
    index = np.flatnonzero(healthy)
    if not known or len(known) != len(case.model.taps) or (len(index) > SMALL_BATCH and not case.check_headroom):
        return []
    sample = index[:: max(1, len(index) // max(SMALL_BATCH, len(index) // SHARE))]
    found = _beyond(case, lab, sample, known)
    if found and len(sample) < len(index):
        found = _beyond(case, lab, index, known)
    return found


def _beyond(case: Case, lab: Laboratory, index: NDArray[np.intp], known: Sequence[float]) -> list[Finding]:
    magnitudes = lab.replay(case.inputs.take(index), "tapped").magnitudes if len(index) else None
    if magnitudes is None:
        return []
    limits = np.array([LARGEST[tap["dtype"]] / WITHIN for tap in case.model.taps])
    beyond = (magnitudes > limits) & (magnitudes > FURTHER * np.array(known)) & np.isfinite(magnitudes)
    if not beyond.any():
        return []
    point, rows = int(np.flatnonzero(beyond.any(axis=0))[0]), beyond.any(axis=1)
    return [_finding(case, lab, float(magnitudes[rows, point].max()), index[rows], point, known[point])]


def _finding(case: Case, lab: Laboratory, top: float, rows: NDArray[np.intp], point: int, trained: float) -> Finding:
    tap = case.model.taps[point]
    where = tap["layer"] or tap["operation"]
    title = (
        f"Rows take {where} to {top:.3g}, within a decade of the largest {tap['dtype']}; the training data took it to "
        f"{trained:.3g}."
    )
    return Finding(
        symptom="near_overflow",
        cause=None,
        confidence=1.0,  # it was measured; what follows from it is not claimed
        title=title,
        row_indices=rows.tolist(),
        origin=Origin("operation", where, tap["layer"] or None, tap["operation"]),
        layers=layer_strip(case, lab, rows.tolist()),
    )
