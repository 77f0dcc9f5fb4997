"""How far each layer is from its dtype's maximum: the layer strip, and warnings before anything breaks."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitoring.diagnosis.case import Case, Mask, Outcome
from monitoring.diagnosis.finding import Finding, Place, spelled

# Largest finite numbers (IEEE 754; bfloat16 as in ml_dtypes)
LARGEST = {"float16": 65504.0, "bfloat16": 3.3895e38, "float32": 3.4028235e38, "float64": 1.7976931348623157e308}
WITHIN = 10.0  # one decade
FURTHER = 1.1  # than the reference, so that a maximum seen in training is no news


def layer_strip(case: Case, unfused: Outcome, rows: Sequence[int]) -> list[dict[str, Any]]:
    """Per tap, in the order of the computation: the largest magnitude of these rows and how many are bad there."""
    if unfused.magnitudes is None or not rows:
        return []
    some = unfused.magnitudes[list(rows)]
    bad = (~np.isfinite(some)).sum(axis=0)
    top = np.where(np.isnan(some).any(axis=0), np.nan, some.max(axis=0))
    return [
        {**tap, "max": spelled(float(top[i])), "bad_rows": int(bad[i]), "headroom": _decades(float(top[i]), tap)}
        for i, tap in enumerate(case.model.taps)
    ]


def _decades(magnitude: float, tap: Mapping[str, Any]) -> float | None:
    """log10(dtype's maximum / magnitude): 0 is the edge."""
    if not np.isfinite(magnitude) or magnitude == 0:
        return None
    return round(float(np.log10(LARGEST[tap["dtype"]] / magnitude)), 2)


def near_overflow(case: Case, unfused: Outcome, healthy: Mask) -> list[Finding]:
    """Layers that rows which still pass take within a decade of the edge, further than the reference took them."""
    known = case.reference.activations if case.reference else None
    if unfused.magnitudes is None or not known or len(known) != len(case.model.taps):
        return []
    limits = np.array([LARGEST[tap["dtype"]] / WITHIN for tap in case.model.taps])
    beyond = (unfused.magnitudes > limits) & (unfused.magnitudes > FURTHER * np.array(known))
    beyond &= healthy[:, None] & np.isfinite(unfused.magnitudes)
    if not beyond.any():
        return []
    first = int(np.flatnonzero(beyond.any(axis=0))[0])
    return [_finding(case, unfused.magnitudes[:, first], np.flatnonzero(beyond.any(axis=1)), first, known[first])]


def _finding(
    case: Case, magnitudes: NDArray[np.float64], rows: NDArray[np.intp], point: int, trained: float
) -> Finding:
    tap = case.model.taps[point]
    top = float(magnitudes[rows].max())
    where = tap["layer"] or tap["operation"]
    title = (
        f"{len(rows)} {'row takes' if len(rows) == 1 else 'rows take'} {where} to {top:.3g}, within a decade of the "
        f"largest {tap['dtype']}; the training data took it to {trained:.3g}."
    )
    return Finding(
        symptom="near_overflow",
        cause=None,
        confidence=1.0,  # it was measured; what follows from it is not claimed
        title=title,
        row_indices=rows.tolist(),
        origin=Place("operation", where, tap["layer"] or None, tap["operation"]),
    )
