"""Features that must not leave the serving process.

What they held is replaced by 0 or an empty text. Whether it was NaN or an infinity stays: that is what a failing
row is about, and says nothing of the person behind it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Redaction:
    """One tensor, or one feature of it: an index on its last axis. `inputs` is the input without a name."""

    tensor: str
    feature: int | None = None

    @classmethod
    def of(cls, given: object) -> "Redaction":
        """From `"name"`, `("name", index)` or, where the model has one input, `index`."""
        match given:
            case bool():
                pass
            case str() if given:
                return cls(given)
            case int():
                return cls("inputs", given)
            case (str() as tensor, int() as feature):
                return cls(tensor, feature)
        raise ValueError(f"redact takes names of inputs, (name, index) or index, not {given!r}")

    def __str__(self) -> str:
        return self.tensor if self.feature is None else f"{self.tensor}[{self.feature}]"

    def _means(self, array: str) -> bool:
        return array == self.tensor or array.partition(".")[2] == self.tensor


def redacted(arrays: Mapping[str, Array], redactions: tuple[Redaction, ...]) -> dict[str, Array]:
    """The arrays (`inputs`, `inputs.<name>`, `outputs`...; shape (rows, ...)) with redacted features blanked."""
    blanked = dict(arrays)
    for one in redactions:
        for name, array in blanked.items():
            if one._means(name):
                blanked[name] = _blanked(array, one.feature)
    return blanked


def _blanked(array: Array, feature: int | None) -> Array:
    if feature is None or array.ndim == 1:
        return _blank(array)
    if not -array.shape[-1] <= feature < array.shape[-1]:
        return array
    kept = array.copy()
    kept[..., feature] = _blank(array[..., feature])
    return kept


def _blank(array: Array) -> Array:
    blank = np.zeros_like(array)
    if array.dtype.kind == "f":
        bad = ~np.isfinite(array)
        blank[bad] = array[bad]
    return blank
