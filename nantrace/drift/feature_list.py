"""The features of all tensors in one row: their names, their statistics, and how far each has moved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.layout import TensorLayout
from nantrace.drift.profile import Profile
from nantrace.drift.statistics import STATISTICS, Shown, TensorStatistics, measure, shown_in
from nantrace.feature import FeatureKey, FeatureNames

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FeatureList:
    """All features of a profile in its order, inputs first; their number is the place in this list.

    `given`: the names that people gave to the inputs' columns. Outputs have no names of their own.
    """

    profile: Profile
    given: FeatureNames

    @classmethod
    def of(cls, profile: Profile, metadata: Mapping[str, Any]) -> Self:
        inputs = [tensor.name for tensor in profile.tensors if tensor.side == "inputs"]
        return cls(profile, FeatureNames.of(metadata, inputs))

    @property
    def keys(self) -> list[FeatureKey]:
        return self.profile.features

    @cached_property
    def names(self) -> list[str]:
        """What a person calls each."""
        return [self._name(tensor, index) for tensor in self.profile.tensors for index in tensor.index.tolist()]

    def name(self, key: FeatureKey) -> str:
        """What a person calls a feature; a whole tensor by its own name."""
        number = self._numbers.get(key)
        return key.input if number is None else self.names[number]

    def number(self, key: FeatureKey) -> int | None:
        """The number of a feature, None where drift does not look at it."""
        return self._numbers.get(key)

    def range_of(self, key: FeatureKey) -> dict[str, float] | None:
        """The reference's `min`, `max` and `mean` of a feature of numbers; None of texts and of a whole tensor."""
        number = self._numbers.get(key)
        if number is None:
            return None
        tensor, place = self.locate(number)
        layout = self.profile.tensors[tensor]
        known = layout.moments
        if layout.text:
            return None
        ends = {"min": known.minimum, "max": known.maximum, "mean": known.mean}
        return {name: float(values[place]) for name, values in ends.items()}

    def locate(self, number: int) -> tuple[int, int]:
        """The tensor that feature `number` belongs to, and its number there."""
        for tensor, layout in enumerate(self.profile.tensors):
            if number < layout.features:
                return tensor, number
            number -= layout.features
        raise IndexError(f"there are {len(self.keys)} features")

    def search(self, text: str) -> NDArray[np.intp]:
        """The numbers of the features whose name contains the text, whatever its case."""
        wanted = text.casefold()
        return np.flatnonzero([wanted in name.casefold() for name in self.names])

    def moved(self, statistics: Sequence[TensorStatistics]) -> Floats:
        """How far each has moved, 0 to 1, shape (features,): the largest difference of cumulative shares, of the share
        of a category, or of a rate.

        It puts features in an order for people, and alarms nobody. Unlike PSI it grows little where rows are few.
        """
        changes = [
            np.abs(self.column(statistics, one.name) - self.column(self._of_reference, one.name))
            for one in STATISTICS
            if one.moves
        ]
        return np.asarray(np.max(changes, axis=0)) if self.keys else np.zeros(0)

    def column(self, statistics: Sequence[TensorStatistics], name: str) -> Floats:
        """One statistic of all features, shape (features,)."""
        return np.concatenate([np.zeros(0), *(one[name] for one in statistics)])

    def documents(self, statistics: Sequence[TensorStatistics], chosen: Iterable[int]) -> list[dict[str, Any]]:
        """The chosen features as the API and the command report them."""
        columns = {one.name: self.column(statistics, one.name) for one in shown_in(Shown.DOCUMENT)}
        return [self._document(i, {name: float(column[i]) for name, column in columns.items()}) for i in chosen]

    def _document(self, number: int, values: Mapping[str, float]) -> dict[str, Any]:
        key = self.keys[number]
        return {"side": key.side, "input": key.input, "name": self.names[number], "index": key.index, **values}

    @cached_property
    def _of_reference(self) -> Sequence[TensorStatistics]:
        return measure(self.profile, self.profile.reference)

    @cached_property
    def _numbers(self) -> dict[FeatureKey, int]:
        return {key: number for number, key in enumerate(self.keys)}

    def _name(self, tensor: TensorLayout, index: int) -> str:
        names = self.given if tensor.side == "inputs" else FeatureNames()
        return names.name(tensor.name, index, only=tensor.features == 1)
