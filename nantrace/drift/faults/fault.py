"""A fault: what was done to the data, what shows it, and how to undo it."""

from dataclasses import dataclass

Value = float | str


@dataclass(frozen=True)
class FaultRemedy:
    """What to do. `code` is Python over `rows`, the array of the input, features on its last axis."""

    title: str
    code: str


@dataclass(frozen=True)
class Fault:
    """One thing that was done to one or several features of an input.

    `features` are places on the last axis, ascending. `detail` is a sentence with the figures, without the features'
    names, which the caller knows. `confidence` is between 0 and 1: of faults of whole features the probability of the
    kind against all others, nothing, and any other law. `share` of the features' finite cells are hit.
    `values`: the exact values of a sentinel, fill, constant or unknown category. `factor`: by how much the values of
    another unit were multiplied, as measured. `lines`, one for each feature or none: (factor, offset) of
    sent = factor * right + offset. `unprecedented`: no order of the reference's rows makes such cells.
    """

    kind: str
    input: str
    features: tuple[int, ...]
    detail: str
    confidence: float
    remedy: FaultRemedy
    share: float
    values: tuple[Value, ...] = ()
    factor: float | None = None
    lines: tuple[tuple[float, float], ...] = ()
    unprecedented: bool = False

    @property
    def index(self) -> int:
        """The first of the features."""
        return self.features[0]
