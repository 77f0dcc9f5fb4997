"""What a diagnosis concludes: the contract's incident, before anybody stored it."""

import math
from dataclasses import asdict, dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a non-finite value arose. `inputs` holds {"min", "max"} of each input of the operation."""

    kind: str  # input | weight | constant | operation
    name: str
    layer: str | None = None
    operation: str | None = None
    iteration: int | None = None
    value: str | None = None  # "NaN" | "Infinity" | "-Infinity"
    inputs: list[Json] = field(default_factory=list)


@dataclass(frozen=True)
class GuiltyFeature:
    """One feature that made rows fail; `index` is its position on the last axis of the input.

    `positions`: of a sequence or an image, the first and the last place of the other axes (flattened) that is guilty.
    """

    input: str
    name: str
    index: int
    reason: str
    rows: int
    values: list[Any] = field(default_factory=list)  # up to five, as sent; non-finite ones as text
    reference: Json | None = None  # {"min", "max", "mean"}
    positions: list[int] | None = None


@dataclass(frozen=True)
class Evidence:
    """One experiment: of `rows` failing rows, `cured` were finite with the change that `test` names."""

    test: str
    rows: int
    cured: int
    note: str = ""


@dataclass(frozen=True)
class Remedy:
    """What to do. `proven` only where a replay cured every failing row with it."""

    id: str
    title: str
    why: str
    code: str
    proven: bool = False


@dataclass(frozen=True)
class Finding:
    """Rows of one batch that fail for one reason."""

    symptom: str
    cause: str | None
    confidence: float
    title: str
    row_indices: list[int]
    origin: Place | None = None
    nan_birth: Place | None = None
    features: list[GuiltyFeature] = field(default_factory=list)
    reproduced_in: list[str] = field(default_factory=list)
    failing_rows: dict[str, list[int]] = field(default_factory=dict)  # by variant of the replay
    evidence: list[Evidence] = field(default_factory=list)
    remedies: list[Remedy] = field(default_factory=list)
    layers: list[Json] = field(default_factory=list)  # the layer strip, see headroom.layer_strip

    @property
    def rows(self) -> int:
        return len(self.row_indices)

    def report(self) -> Json:
        """The finding as strict JSON, in the contract's words."""
        return {**asdict(self), "rows": self.rows}


def spelled(value: Any) -> Any:
    """A number as strict JSON: non-finite ones by name."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    return value
