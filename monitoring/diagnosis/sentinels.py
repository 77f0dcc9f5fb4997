"""Numbers that stand for "missing": -999, the fill values of file formats, or an exact value that keeps coming."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.tensors import Tensor, Tensors
from monitoring.diagnosis.case import Case, Mask
from monitoring.diagnosis.cells import outside
from monitoring.reference import FeatureReference

# Codebooks of surveys and credit bureaus; limits of C types; netCDF's, GRIB's and FITS' fill values
WELL_KNOWN = (
    *(-9.0, -99.0, -999.0, -9999.0, -99999.0, -999999.0, 999.0, 9999.0, 99999.0, 999999.0, 99999999.0),
    *(-99.9, -999.9, -9999.9, 999.9, 9999.9, -88.0, -888.0, -8888.0, -77.0, -777.0, 888.0, 777.0),
    *(1e20, -1e20, 1e30, -1e30, 1e34, -1e34, 1e35, -1e35, 1e36, -1e36, 1e37, -1e37, 9.969209968386869e36),
    *(32767.0, -32768.0, 65535.0, 2147483647.0, -2147483648.0, 4294967295.0, 9.223372036854776e18),
    *(-9.223372036854776e18, float(np.finfo(np.float32).max), float(np.finfo(np.float32).min)),
)
_WELL_KNOWN_NARROW = frozenset(np.float32(one) for one in WELL_KNOWN)
SPIKE = 3  # so often must an exact value come before it is more than a coincidence


@dataclass(frozen=True)
class Sentinel:
    """One value in one feature of one input."""

    input: str
    feature: int
    value: float


def find_sentinels(case: Case, rows: Tensors) -> list[Sentinel]:
    """Sentinels in these rows: values outside the reference that are well known, or that repeat exactly."""
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
        spikes = (counts >= SPIKE) & (2 * counts >= counts.sum()) & _unexpected(values, known)
        taken = [
            value
            for value, spike in zip(values.tolist(), spikes, strict=True)
            if spike or is_well_known(value) or _is_minus_one(value, known)
        ]
        found += [Sentinel(tensor.name, feature, float(value)) for value in taken]
    return found


def _unexpected(values: NDArray[Any], known: FeatureReference | None) -> Mask:
    """Values whose repetition says something: of a feature that varies, or the one new value of a feature of few."""
    if known is None:
        return np.zeros(len(values), bool)
    return np.full(len(values), known.distinct is None or len(values) == 1)


def _is_minus_one(value: float, known: FeatureReference | None) -> bool:
    """-1 in a feature that is never negative: a count, an amount, an index."""
    return value == -1 and known is not None and known.min is not None and known.min >= 0


def _candidates(case: Case, tensor: Tensor) -> Mask:
    """Cells outside the reference; without a reference all finite cells."""
    if case.reference is not None:
        return outside(case, tensor)
    return np.isfinite(tensor.values.astype(np.float64))


def is_well_known(value: float) -> bool:
    """Whether a number is one of the usual fill values, in float64 or as float32 spells it."""
    with np.errstate(over="ignore"):  # 1e300 as float32 is an infinity, and no fill value
        narrow = np.float32(value)
    return bool(value in WELL_KNOWN or (np.isfinite(narrow) and narrow in _WELL_KNOWN_NARROW))


def sentinel_cells(case: Case, tensor: Tensor, known: list[Sentinel]) -> Mask:
    """The cells of a tensor that hold one of the sentinels of their feature."""
    width = case.width(tensor.name)
    columns = tensor.values.reshape(-1, width)
    found = np.zeros(columns.shape, bool)
    for sentinel in known:
        if sentinel.input == tensor.name:
            found[:, sentinel.feature] |= columns[:, sentinel.feature] == sentinel.value
    return found.reshape(tensor.values.shape)
