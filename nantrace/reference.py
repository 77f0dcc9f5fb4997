"""What is known of a version's training inputs: statistics, never rows. Shared by drift and diagnosis."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class FeatureReference:
    """One feature: a column of the last axis with all positions pooled. Rates are shares of cells, 0 to 1.

    The numbers are taken over finite cells and are None where there is none. `distinct` holds all values in
    ascending order when there are few.
    """

    min: float | None
    max: float | None
    mean: float | None
    std: float | None
    median: float | None
    missing_rate: float
    distinct: list[Any] | None = None
    infinite_rate: float = 0.0


@dataclass(frozen=True)
class InputReference:
    """One input: its per-row shape, numpy dtype kind and features in the order of the last axis.

    Integer inputs have one feature: one vocabulary for all positions.
    """

    shape: list[int]
    kind: str
    features: list[FeatureReference] = field(default_factory=list)


@dataclass(frozen=True)
class Reference:
    """Statistics of all inputs by name, and the number of rows they were taken from.

    `activations`: the largest magnitude behind each tap of the model, in the order of the taps; a number that no float
    exceeds where rows overflowed.
    """

    rows: int
    inputs: Mapping[str, InputReference]
    activations: list[float] = field(default_factory=list)

    def of(self, name: str) -> InputReference | None:
        """The input called `name`; a single input answers to any name, since a single tensor needs none."""
        if len(self.inputs) == 1:
            return next(iter(self.inputs.values()))
        return self.inputs.get(name)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The inverse of `as_json`."""
        inputs = {
            name: InputReference(one["shape"], one["kind"], [FeatureReference(**f) for f in one["features"]])
            for name, one in data["inputs"].items()
        }
        return cls(data["rows"], inputs, list(data.get("activations", [])))
