"""The features of all tensors in one row: their statistics, and how far each has moved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.naming import Names
from nantrace.drift.profile import Profile
from nantrace.drift.statistics import TensorStatistics, measure

STATISTICS = ("psi", "ks", "js", "wasserstein", "chi_square", "l_infinity")
RATES = ("missing_rate", "nan_rate", "inf_rate", "out_of_range_rate", "unseen_rate")

Floats = NDArray[np.float64]
Spot = tuple[str, str, int]
"""Side, tensor, place on the last axis."""
Statistics = Sequence[TensorStatistics]


@dataclass(frozen=True)
class Features:
    """All watched features of a profile, in its order: inputs first."""

    profile: Profile
    names: Names

    @cached_property
    def spots(self) -> list[Spot]:
        return [(one.side, one.name, index) for one in self.profile.tensors for index in one.index.tolist()]

    @cached_property
    def called(self) -> list[str]:
        """What a person calls each."""
        return [name for one in self.profile.tensors for name in self.names[one.side, one.name]]

    @cached_property
    def _usual(self) -> list[TensorStatistics]:
        return measure(self.profile, self.profile.reference)

    def moved(self, statistics: Statistics) -> Floats:
        """How far each has moved, 0 to 1, shape (features,): the largest difference of cumulative shares, of the share
        of a category, or of a rate.

        It puts features in an order for people, and alarms nobody. Unlike PSI it grows little where rows are few.
        """
        changes = [
            np.abs(self.column(statistics, name) - self.column(self._usual, name))
            for name in ("ks", "l_infinity", *RATES)
        ]
        return np.asarray(np.max(changes, axis=0)) if self.spots else np.zeros(0)

    def search(self, text: str) -> NDArray[np.intp]:
        """The numbers of the features whose name contains the text, whatever its case."""
        wanted = text.casefold()
        return np.flatnonzero([wanted in name.casefold() for name in self.called])

    def documents(self, statistics: Statistics, chosen: Iterable[int]) -> list[dict[str, Any]]:
        """The chosen features in the words of the API."""
        columns = {name: self.column(statistics, name) for name in (*STATISTICS, *RATES)}
        return [
            {
                "side": self.spots[i][0],
                "input": self.spots[i][1],
                "name": self.called[i],
                "index": self.spots[i][2],
                **{name: float(column[i]) for name, column in columns.items()},
            }
            for i in chosen
        ]

    def place(self, number: int) -> tuple[int, int]:
        """The tensor that feature `number` belongs to, and its number there."""
        for tensor, layout in enumerate(self.profile.tensors):
            if number < layout.features:
                return tensor, number
            number -= layout.features
        raise IndexError(f"there are {len(self.spots)} features")

    def column(self, statistics: Statistics, name: str) -> Floats:
        """One statistic of all features, shape (features,)."""
        parts = [getattr(one, name) for one in statistics]
        return np.concatenate(parts) if parts else np.zeros(0)
