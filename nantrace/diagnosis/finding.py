"""What a diagnosis concludes: the contract's incident, before anybody stored it. Typed up to `Finding.report`."""

import math
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

Json = dict[str, Any]
Number = float | str  # non-finite numbers by name: "NaN", "Infinity", "-Infinity"
Outputs = dict[str, list[Any]]  # the first cells of each output of one row; non-finite numbers by name


@dataclass(frozen=True)
class OperandRange:
    """The smallest and the largest number of one input of an operation."""

    min: Number
    max: Number


@dataclass(frozen=True)
class Origin:
    """Where a non-finite value arose. `inputs`: the range of each input of the operation."""

    kind: str  # input | weight | constant | operation
    name: str
    layer: str | None = None
    operation: str | None = None
    iteration: int | None = None
    value: str | None = None  # "NaN" | "Infinity" | "-Infinity"
    inputs: list[OperandRange] = field(default_factory=list)


@dataclass(frozen=True)
class Reason:
    """Why a feature is responsible. `cause`: the identifier of the cause; None where drift measured the feature."""

    clause: str  # behind the name of the feature
    plural: str = ""  # the same behind several names
    cause: str | None = None


@dataclass(frozen=True)
class PartOfFeature:
    """Which cells of a feature are responsible, where not all of a row: a single one, or several. `unit`: pixel."""

    unit: str
    single: bool


@dataclass(frozen=True)
class TrainingRange:
    """What the training data of one feature were; None where no cell of it was finite."""

    min: float | None
    max: float | None
    mean: float | None


@dataclass(frozen=True)
class ResponsibleFeature:
    """One feature that made rows fail; `index` is its position on the last axis of the input.

    `positions`: of a sequence or an image, the first and the last place of the other axes (flattened) that counts.
    """

    input: str
    name: str
    index: int
    reason: Reason
    rows: int
    values: list[Any] = field(default_factory=list)  # up to five, as sent; non-finite ones as text
    reference: TrainingRange | None = None
    positions: list[int] | None = None
    part: PartOfFeature | None = None

    def report(self) -> Json:
        """The feature in the contract's words."""
        known = asdict(self)
        del known["part"]
        return {**known, "reason": self.reason.clause}


@dataclass(frozen=True)
class Evidence:
    """One experiment: of `rows` failing rows, `cured` were finite with the change that `test` names.

    A replay without a change cures nothing; what it answered stands in the note.
    """

    test: str
    rows: int
    cured: int
    note: str = ""


class Grade(StrEnum):
    """How well a cause is known.

    `proven`: an experiment that changed something cured every failing row. `likely`: it cured some, or the trail of the
    bad values or a recorded difference points there. `observed`: it was seen, and nothing shows why.
    """

    PROVEN = "proven"
    LIKELY = "likely"
    OBSERVED = "observed"


@dataclass(frozen=True)
class Proof:
    """What the cause of a finding rests on: of `rows` failing rows, `cured` were cured by a change."""

    grade: Grade
    rows: int
    cured: int


@dataclass(frozen=True)
class Remedy:
    """What to do. `proven` only where a replay cured every failing row with it, and `code` is what was tried.

    `array`: the name of the array that `code` changes; empty where it changes none.
    """

    id: str
    title: str
    why: str
    code: str
    proven: bool = False
    array: str = ""

    def report(self) -> Json:
        """The remedy in the contract's words."""
        return {"id": self.id, "title": self.title, "why": self.why, "code": self.code, "proven": self.proven}


@dataclass(frozen=True)
class LayerMagnitude:
    """One block of the layer strip: the largest magnitude behind a layer, and how many rows are not finite there.

    `headroom`: decades between `max` and the largest number of the dtype; None where `max` is not finite or 0.
    """

    layer: str
    operation: str
    dtype: str
    max: Number
    bad_rows: int
    headroom: float | None


@dataclass(frozen=True)
class RowAnswers:
    """What one row of a batch is answered: `outputs` by replay, "default" and "unfused", and by the experiment that
    cured it, `cured_by` (the contract's id; empty where none did).
    """

    row: int
    outputs: dict[str, Outputs]
    cured_by: str = ""


@dataclass(frozen=True)
class Finding:
    """Rows of one batch that fail for one reason.

    `cured`: of the rows, by an experiment that changed something. `likely`: something else points at the cause.
    `kind`: what sets rows of one symptom, cause and origin apart, as what is wrong with those that a model refuses.
    """

    symptom: str
    cause: str | None
    confidence: float
    title: str
    row_indices: list[int]
    origin: Origin | None = None
    first_nan: Origin | None = None
    features: list[ResponsibleFeature] = field(default_factory=list)
    reproduced_in: list[str] = field(default_factory=list)
    failing_rows: dict[str, list[int]] = field(default_factory=dict)  # by variant of the replay
    evidence: list[Evidence] = field(default_factory=list)
    remedies: list[Remedy] = field(default_factory=list)
    layers: list[LayerMagnitude] = field(default_factory=list)  # in the order of the computation
    answers: list[RowAnswers] = field(default_factory=list)  # of the first rows
    cured: int = 0
    likely: bool = False
    kind: str = ""

    @property
    def rows(self) -> int:
        return len(self.row_indices)

    @property
    def proof(self) -> Proof:
        """How well the cause is known."""
        if self.rows and self.cured == self.rows:
            return Proof(Grade.PROVEN, self.rows, self.cured)
        return Proof(Grade.LIKELY if self.cured or self.likely else Grade.OBSERVED, self.rows, self.cured)

    def report(self) -> Json:
        """The finding as JSON, in the contract's words."""
        return {
            "symptom": self.symptom,
            "cause": self.cause,
            "confidence": self.confidence,
            "proof": asdict(self.proof),
            "title": self.title,
            "row_indices": list(self.row_indices),
            "origin": asdict(self.origin) if self.origin else None,
            "nan_birth": asdict(self.first_nan) if self.first_nan else None,
            "features": [feature.report() for feature in self.features],
            "reproduced_in": list(self.reproduced_in),
            "failing_rows": {variant: list(rows) for variant, rows in self.failing_rows.items()},
            "evidence": [asdict(one) for one in self.evidence],
            "remedies": [remedy.report() for remedy in self.remedies],
            "layers": [asdict(layer) for layer in self.layers],
            "answers": [asdict(one) for one in self.answers],
            "rows": self.rows,
        }


def spelled(value: Any) -> Any:
    """A number as strict JSON: non-finite ones by name."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    return value
