"""Do undone values look like the training data? Inside their range, with about their location and spread."""

import numpy as np

from nantrace.diagnosis.case import Mask
from nantrace.diagnosis.cells import Limits
from nantrace.diagnosis.edit import Floats

ENOUGH_CELLS = 3
FAR = 1.5
ERRORS = 2.0
SLACK = 0.05  # of the reference's width: undone values may lie so far outside


def inside(columns: Floats, known: Limits) -> Mask:
    """Cells of columns (cells, features) in the reference's range, which is widened a little."""
    with np.errstate(invalid="ignore"):
        room = (known.high - known.low) * SLACK + np.abs(known.high) * 1e-6
        return np.asarray((columns >= known.low - room) & (columns <= known.high + room))


def looks_like(columns: Floats, known: Limits, far: float = FAR) -> bool:
    """Are columns (cells, features) inside the reference's range, with location and spread less than `far` away?"""
    present = np.isfinite(columns)
    if not present.any() or (inside(columns, known) | ~present).mean() < 0.98:
        return False
    return distance(columns, known) < far


def distance(columns: Floats, known: Limits, errors: float = ERRORS) -> float:
    """How far location and spread are from the reference's, 0 for equal; the median over features."""
    parts = distances(columns, known, errors)
    return float(np.nanmedian(parts)) if np.isfinite(parts).any() else np.inf


def distances(columns: Floats, known: Limits, errors: float = ERRORS) -> Floats:
    """The same of each feature, shape (features,); NaN where nothing is finite. `errors`: standard ones, forgiven."""
    count = np.isfinite(columns).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.where(known.std > 0, known.std, 1.0)
        location = np.abs(_mean(columns) - known.mean) / spread
        ratio = np.abs(np.log((_std(columns) + spread * 1e-3) / (spread * 1.001)))
    fuzzy = errors / np.sqrt(np.maximum(count, 1))
    parts = np.maximum(location - fuzzy, 0) + np.where(count >= ENOUGH_CELLS, np.maximum(ratio - fuzzy, 0) / 2, 0)
    return np.where(count > 0, parts, np.nan)


def _mean(columns: Floats) -> Floats:
    count = np.maximum(np.isfinite(columns).sum(axis=0), 1)
    return np.asarray(np.nansum(columns, axis=0) / count)


def _std(columns: Floats) -> Floats:
    centred = columns - _mean(columns)
    return np.asarray(np.sqrt(_mean(centred * centred)))
