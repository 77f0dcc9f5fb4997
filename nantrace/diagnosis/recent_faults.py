"""What drift found out about a version's traffic, as the diagnosis of its failing rows wants to know it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class KnownFault:
    """One named fault of the hours around a batch: many rows showed it, so that a single row may be read by it.

    `features` are places on the last axis of `input`. `values`: of a sentinel. `lines`, one for each feature or none:
    (factor, offset) of sent = factor * right + offset.
    """

    kind: str
    input: str
    features: Sequence[int]
    values: Sequence[float] = ()
    lines: Sequence[tuple[float, float]] = ()

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """A fault as drift stores it; texts among its values, and numbers that JSON spells, are left out."""
        return cls(
            kind=stored["kind"],
            input=stored["input"],
            features=tuple(stored["features"]),
            values=tuple(float(value) for value in stored.get("values", ()) if isinstance(value, int | float)),
            lines=tuple((float(factor), float(offset)) for factor, offset in stored.get("lines", ())),
        )
