"""One tensor of a window next to the reference: what every statistic is computed from."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.distances import grouped
from nantrace.drift.layout import TensorLayout
from nantrace.drift.window import Counts, TensorWindow

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class ComparedTensor:
    """The counts of the reference's own rows and of a window, in the bins of one layout."""

    layout: TensorLayout
    reference: TensorWindow
    current: TensorWindow

    @cached_property
    def comparable(self) -> Flags:
        """Features with finite cells on both sides, (features,); the others have no shape to compare."""
        return np.asarray((self.reference.finite > 0) & (self.current.finite > 0))

    @cached_property
    def ordered(self) -> Flags:
        """Comparable features whose values have an order, (features,): all but texts."""
        return np.asarray(self.comparable & (not self.layout.text))

    @cached_property
    def category(self) -> Flags:
        """Comparable features that are categories, (features,)."""
        return np.asarray(self.comparable & self.layout.category)

    @cached_property
    def shares(self) -> tuple[Floats, Floats]:
        """Shares of the finite cells, of the reference and of the window, (features, bins)."""
        return _shares(self.reference.bins), _shares(self.current.bins)

    @cached_property
    def grouped_shares(self) -> tuple[Floats, Floats]:
        """The same in groups of neighbouring bins, (features, groups), see `distances.grouped`."""
        p, q = grouped(self.layout, self.reference.bins, *self.shares)
        return p, q

    @cached_property
    def missing_rate(self) -> Floats:
        return self._rate(self.current.missing)

    @cached_property
    def nan_rate(self) -> Floats:
        return self._rate(self.current.nan)

    @cached_property
    def infinite_rate(self) -> Floats:
        """Overflows among them: finite as sent, and infinite in their dtype."""
        window = self.current
        return self._rate(window.positive_infinite + window.negative_infinite + window.overflowed)

    @cached_property
    def out_of_range_rate(self) -> Floats:
        """Of numbers, categories among them: texts have no range."""
        outside = self.current.bins[:, 0] + self.current.bins[:, -1]
        return self._rate(np.where(self.ordered, outside, 0))

    @cached_property
    def unseen_rate(self) -> Floats:
        """Of categories only."""
        unseen = np.where(self.layout.atoms, 0, self.current.bins).sum(axis=1)
        return self._rate(np.where(self.category, unseen, 0))

    def _rate(self, counts: Counts) -> Floats:
        """Counts (features,) of the window's cells as shares of all its cells."""
        return np.asarray(counts / max(self.current.cells, 1))

    def of_categories(
        self, statistic: Callable[[Any, Any], Floats], reference: NDArray[Any], current: NDArray[Any]
    ) -> Floats:
        """A statistic of two arrays (features, bins) for the categories, 0 for other features, (features,)."""
        found = np.zeros(len(self.category))
        if self.category.any():
            found[self.category] = statistic(reference[self.category], current[self.category])
        return found


def _shares(bins: Counts) -> Floats:
    return np.asarray(bins / np.maximum(bins.sum(axis=1, keepdims=True), 1))
