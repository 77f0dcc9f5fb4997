"""Which cells of the rows are what: missing, infinite, outside the reference; and what they would hold typically.

Masks have the shape of the values.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import Case, Mask
from nantrace.reference import FeatureReference
from nantrace.tensors.tensor import Tensor, Tensors

MISSING_TEXTS = ("nan", "none", "null", "n/a", "na", "<na>")  # an empty text is a sequence without words
INFINITE_TEXTS = ("inf", "+inf", "-inf", "infinity", "+infinity", "-infinity")
MANY = 10  # rows for each value of a feature that holds codes
Array = NDArray[Any]


@dataclass(frozen=True)
class Limits:
    """Per feature the reference's minimum, maximum and mean, as arrays of shape (features,); NaN where unknown."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    mean: NDArray[np.float64]
    std: NDArray[np.float64]

    @property
    def known(self) -> bool:
        return bool(np.isfinite(self.low).any())

    def of(self, feature: int) -> "Limits":
        """Those of one feature."""
        one = slice(feature, feature + 1)
        return Limits(self.low[one], self.high[one], self.mean[one], self.std[one])


def limits(case: Case, name: str) -> Limits:
    """The reference of an input's features; all unknown without one."""
    known = [case.feature_reference(name, i) for i in range(case.width(name))]
    return Limits(*(_column(known, statistic) for statistic in ("min", "max", "mean", "std")))


def _column(known: list[FeatureReference | None], statistic: str) -> NDArray[np.float64]:
    values = [getattr(one, statistic) if one is not None else None for one in known]
    return np.array([np.nan if value is None else value for value in values], np.float64)


def missing(tensor: Tensor) -> Mask:
    """Not sent, NaN, or a text that says so."""
    if tensor.values.dtype.kind == "U":
        return tensor.missing() | np.isin(np.char.lower(tensor.values), MISSING_TEXTS)
    nan = np.isnan(tensor.values) & ~tensor.unread() if tensor.values.dtype.kind == "f" else False
    return tensor.missing() | nan


def infinite(tensor: Tensor) -> Mask:
    """Sent as +-Inf, or a text that a parser of numbers reads so."""
    if tensor.values.dtype.kind == "U":
        return np.isin(np.char.lower(tensor.values), INFINITE_TEXTS)
    return tensor.infinite()


def is_word(case: Case, tensor: Tensor) -> Mask:
    """Texts that training holds as words of its vocabulary, such as the code NA of Namibia."""
    known = case.feature_reference(tensor.name, 0) if tensor.values.dtype.kind == "U" else None
    words = known.distinct if known is not None else None
    return np.isin(tensor.values, words) if words else np.zeros(tensor.values.shape, bool)


def expected(case: Case, tensor: Tensor) -> Mask:
    """Bad cells such as the reference holds in their feature, and those of an additive mask that bar a position."""
    known = [case.feature_reference(tensor.name, i) for i in range(case.width(tensor.name))]
    gaps = np.array([one is not None and one.missing_rate > 0 for one in known], bool)
    infinities = np.array([one is not None and one.infinite_rate > 0 for one in known], bool)
    return np.asarray((missing(tensor) & gaps) | (tensor.infinite() & infinities) | _barring(case, tensor))


def _barring(case: Case, tensor: Tensor) -> Mask:
    """The -Inf of an input that holds nothing else but 0, in rows that have a 0 left."""
    whole, values = case.inputs.by_name[tensor.name].values, tensor.values
    if values.dtype.kind != "f" or not ((whole == 0) | np.isneginf(whole)).all():
        return np.zeros(values.shape, bool)
    valid = (values == 0).any(axis=tuple(range(1, values.ndim)), keepdims=True)
    return np.asarray(np.isneginf(values) & valid)


def outside(case: Case, tensor: Tensor) -> Mask:
    """Finite (or overflowed) cells beyond the reference's minimum or maximum of their feature."""
    if tensor.values.dtype.kind not in "fiu":
        return np.zeros(tensor.values.shape, bool)
    known = limits(case, tensor.name)
    values = tensor.values.astype(np.float64)
    with np.errstate(invalid="ignore"):
        beyond = (values < _just(known.low, -1)) | (values > _just(known.high, 1))
    return beyond & ~missing(tensor) & ~tensor.infinite()


def _just(limit: NDArray[np.float64], direction: int) -> NDArray[np.float64]:
    """A hair beyond a limit: float32 and float64 spell the same number differently."""
    return limit + direction * (np.abs(limit) * 1e-6 + 1e-12)


def typical(case: Case, tensor: Tensor, healthy: Tensors) -> Array:
    """The reference's mean of each feature, else the median of the rows `healthy`; broadcast to the tensor's shape.

    Of few whole numbers, such as flags and codes, the middle one: their mean is none of them.
    """
    shape = tensor.values.shape
    if tensor.values.dtype.kind == "U":
        return np.broadcast_to(_typical_text(case, tensor, healthy), shape)
    middle = limits(case, tensor.name).mean.copy()
    if not np.isfinite(middle).all():
        middle = np.where(np.isfinite(middle), middle, _medians(case, tensor.name, healthy))
    if tensor.values.dtype.kind in "iub":
        return np.broadcast_to(np.round(middle), shape)
    for index, value in middle_codes(case, tensor.name).items():
        middle[index] = value
    return np.broadcast_to(middle, shape)


def middle_codes(case: Case, name: str) -> dict[int, float]:
    """By feature of few whole numbers, each held by many rows, the one that is nearest to their median."""
    rows = case.reference.rows if case.reference else 0
    known = {index: case.feature_reference(name, index) for index in range(case.width(name))}
    return {index: _middle(one) for index, one in known.items() if one is not None and _holds_codes(one, rows)}


def _holds_codes(known: FeatureReference, rows: int) -> bool:
    values = known.distinct or []
    repeated = 0 < MANY * len(values) <= rows
    return known.median is not None and repeated and all(float(one).is_integer() for one in values)


def _middle(known: FeatureReference) -> float:
    return float(min(known.distinct or [], key=lambda one: abs(one - (known.median or 0.0))))


def _typical_text(case: Case, tensor: Tensor, healthy: Tensors) -> Array:
    known = case.feature_reference(tensor.name, 0)
    choices = [text for text in (known.distinct or [] if known else []) if text]
    if not choices and healthy.rows:
        texts = healthy.by_name[tensor.name].values.ravel()
        choices = [str(text) for text in texts if text][:1]
    return np.array(choices[0] if choices else "0")


def _medians(case: Case, name: str, healthy: Tensors) -> Array:
    width = case.width(name)
    if not healthy.rows:
        return np.zeros(width)
    columns = healthy.by_name[name].values.astype(np.float64).reshape(-1, width)
    return np.array([_median(columns[:, i]) for i in range(width)])


def _median(column: Array) -> float:
    finite = column[np.isfinite(column)]
    return float(np.median(finite)) if finite.size else 0.0
