"""One summary of a column of training rows, of which both views are made.

The profile of drift bins its values; the reference of the diagnosis keeps its ends and moments. Ranges, means, missing
cells and categories of the same cells are the same in both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nantrace.tensors.tensor import Sent

FEW = 20  # values, that a reference lists
MAX_CATEGORIES = 40
MAX_FRACTIONAL_CATEGORIES = 20  # of numbers that are not whole: levels of a scaled flag, rates of a price list
ROWS_A_CATEGORY = 5
LARGEST = float(np.finfo(np.float64).max)

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class ColumnMoments(NamedTuple):
    """Of the known values; in their unit."""

    minimum: float
    maximum: float
    mean: float
    std: float
    median: float


@dataclass(frozen=True)
class ColumnSummary:
    """The known values of a column of numbers.

    `known` (cells,) marks the cells that were sent as a finite number; `ordered` float64 holds their values ascending.
    `missing`: cells that were not sent, or are NaN.
    """

    known: Flags
    ordered: Floats
    missing: int
    mean: float
    std: float

    @property
    def missing_rate(self) -> float:
        """A share of all cells, 0 to 1; 0 without any."""
        return self.missing / max(len(self.known), 1)

    @property
    def infinite_rate(self) -> float:
        """The share of cells that are neither a finite number nor missing."""
        return (len(self.known) - len(self.ordered) - self.missing) / max(len(self.known), 1)

    @property
    def moments(self) -> ColumnMoments | None:
        """None without a known value; no result is infinite."""
        if not len(self.ordered):
            return None
        return ColumnMoments(float(self.ordered[0]), float(self.ordered[-1]), self.mean, self.std, self._median)

    @property
    def _median(self) -> float:
        count = len(self.ordered)
        low, high = float(self.ordered[(count - 1) // 2]), float(self.ordered[count // 2])
        middle = (low + high) / 2
        return middle if np.isfinite(middle) else low / 2 + high / 2

    @cached_property
    def values(self) -> tuple[Floats, NDArray[np.intp]]:
        """The different values, ascending, and how many cells hold each."""
        new = np.ones(len(self.ordered), bool)
        new[1:] = self.ordered[1:] != self.ordered[:-1]
        starts = np.flatnonzero(new)
        return self.ordered[starts], np.diff(np.append(starts, len(self.ordered)))

    @property
    def few_values(self) -> list[float] | None:
        """All values where there are at most FEW, else None."""
        values, _ = self.values
        return values.tolist() if 0 < len(values) <= FEW else None

    @property
    def is_category(self) -> bool:
        """Whether the values are labels: few, and each seen often enough that an unknown one means something."""
        values, _ = self.values
        allowed = MAX_CATEGORIES if (values == np.floor(values)).all() else MAX_FRACTIONAL_CATEGORIES
        return len(values) <= allowed and len(self.ordered) >= ROWS_A_CATEGORY * len(values)


def summarise(column: NDArray[Any], sent: NDArray[np.uint8] | None) -> ColumnSummary:
    """The summary of cells (cells,) of any number or bool dtype; `sent` holds their `Sent` codes."""
    with np.errstate(invalid="ignore"):  # a signalling NaN is a NaN
        numbers = column.astype(np.float64)
    missing, known = np.isnan(numbers), np.isfinite(numbers)
    if sent is not None:
        missing, known = missing | np.isin(sent, (Sent.MISSING, Sent.TEXT)), known & (sent == Sent.VALUE)
    values = numbers[known]
    mean, std = _mean_and_std(values) if len(values) else (0.0, 0.0)
    return ColumnSummary(known, np.sort(values), int(missing.sum()), mean, std)


def known_texts(column: NDArray[Any], sent: NDArray[np.uint8] | None) -> Flags:
    """Which cells (cells,) were sent as a text."""
    return np.ones(len(column), bool) if sent is None else np.asarray(sent == Sent.VALUE)


def text_counts(column: NDArray[Any], sent: NDArray[np.uint8] | None) -> tuple[NDArray[np.str_], NDArray[np.intp]]:
    """The different texts of a column (cells,), ascending, and how many cells hold each."""
    return np.unique(column[known_texts(column, sent)], return_counts=True)


def few_texts(texts: Sequence[str]) -> list[str] | None:
    """All texts where there are at most FEW, else None."""
    return list(texts) if 0 < len(texts) <= FEW else None


def _mean_and_std(values: Floats) -> tuple[float, float]:
    """Of at least one value; through values of at most 1 where squares or sums are beyond the floats."""
    with np.errstate(over="ignore", invalid="ignore"):
        mean, std = float(values.mean()), float(values.std())
    if np.isfinite(mean) and np.isfinite(std):
        return mean, std
    scale = float(np.abs(values).max())
    unit = values / scale
    return float(unit.mean()) * scale, min(float(unit.std()) * scale, LARGEST)
