"""Numbers that stand for "missing": -999, the fill values of file formats, or an exact value that keeps coming."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import Case, Mask
from nantrace.diagnosis.cells import outside
from nantrace.mistakes.conversions import PIXELS, SHARES, is_known_sentinel
from nantrace.reference import FeatureReference
from nantrace.tensors.tensor import Tensor, Tensors

SPIKE = 3  # so often must an exact value come before it is more than a coincidence


@dataclass(frozen=True)
class Sentinel:
    """One value in one feature of one input."""

    input: str
    feature: int
    value: float


def find_sentinels(case: Case, rows: Tensors) -> list[Sentinel]:
    """Sentinels in these rows: values outside the reference that are well known, repeat exactly, or did so before."""
    return [sentinel for tensor in rows for sentinel in _of_tensor(case, tensor)]


def _of_tensor(case: Case, tensor: Tensor) -> list[Sentinel]:
    if tensor.values.dtype.kind not in "fiu" or case.width(tensor.name) == 0:
        return []
    width = case.width(tensor.name)
    columns = tensor.values.reshape(-1, width)
    candidates = _candidates(case, tensor).reshape(-1, width)
    found = []
    for feature in np.flatnonzero(candidates.any(axis=0)).tolist():
        values, counts = np.unique(columns[candidates[:, feature], feature], return_counts=True)
        known = case.feature_reference(tensor.name, feature)
        seen_before = _seen_before(case, tensor.name, feature)
        spikes = (counts >= SPIKE) & (2 * counts >= counts.sum()) & _unexpected(values, known)
        for value, spike in zip(values.tolist(), spikes, strict=True):
            known_one = is_known_sentinel(value) or _is_minus_one(value, known) or _narrow(value) in seen_before
            if known_one or (spike and not _is_of_another_scale(value, known, tensor)):
                found.append(Sentinel(tensor.name, feature, float(value)))
    return found


def _seen_before(case: Case, name: str, feature: int) -> set[np.float32]:
    """Sentinels of a feature in the version's traffic, as float32 spells them; integers have one vocabulary."""
    only = case.width(name) == 1
    sentinels = (one for one in case.known_faults if one.kind == "sentinel" and one.input == name)
    return {_narrow(value) for one in sentinels if only or feature in one.features for value in one.values}


def _narrow(value: float) -> np.float32:
    with np.errstate(over="ignore"):
        return np.float32(value)


def _unexpected(values: NDArray[Any], known: FeatureReference | None) -> Mask:
    """Values whose repetition says something: of a feature that varies, or the one new value of a feature of few."""
    if known is None:
        return np.zeros(len(values), bool)
    return np.full(len(values), known.distinct is None or len(values) == 1)


def _is_of_another_scale(value: float, known: FeatureReference | None, tensor: Tensor) -> bool:
    """Whether rows hold a value repeatedly, and never the one it stands for: 255 for 1, in black and white pixels."""
    undone = np.concatenate([one.undo(np.array([value], np.float64)) for one in (*PIXELS, *SHARES)])
    meant = [one for one in (known.distinct or [] if known is not None else []) if np.isclose(undone, one).any()]
    flat = tensor.values.reshape(tensor.rows, -1)
    rows = flat[(flat == value).sum(axis=1) > 1]
    return bool(meant and len(rows) and not np.isin(rows, meant).any())


def _is_minus_one(value: float, known: FeatureReference | None) -> bool:
    """-1 in a feature that is never negative: a count, an amount, an index."""
    return value == -1 and known is not None and known.min is not None and known.min >= 0


def _candidates(case: Case, tensor: Tensor) -> Mask:
    """Cells outside the reference; without a reference all finite cells."""
    if case.reference is not None:
        return outside(case, tensor)
    return np.isfinite(tensor.values.astype(np.float64))


def sentinel_cells(case: Case, tensor: Tensor, known: Sequence[Sentinel]) -> Mask:
    """The cells of a tensor that hold one of the sentinels of their feature."""
    width = case.width(tensor.name)
    columns = tensor.values.reshape(-1, width)
    found = np.zeros(columns.shape, bool)
    for sentinel in known:
        if sentinel.input == tensor.name:
            found[:, sentinel.feature] |= columns[:, sentinel.feature] == sentinel.value
    return found.reshape(tensor.values.shape)
