"""The shape of a cause: its words, its advice, and the stages of a diagnosis at which it can be found.

The stages, the furthest upstream first: an edit of the rows, another precision, a change of the model, a variant of
the replay that fails as serving did, a difference of the environment, a refusal. In a stage, the lowest rank is first;
ranks are tens, so that another cause fits between two.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from nantrace.diagnosis.case import Case, Json, Mask, TracedRows
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.edit import Edit
from nantrace.diagnosis.finding import Evidence, Finding, Reason, Remedy
from nantrace.diagnosis.trials import Bench, Rows, Trial

OPERATION_FIRST = ("operation", "weight", "constant", "input")


@dataclass(frozen=True)
class Stage:
    """How a cause is found at one stage, and its rank there."""

    rank: int


@dataclass(frozen=True)
class RowEdits(Stage):
    """Stage 1. Changes of the failing rows, each of which proves the cause where it cures them.

    `transforms`: an edit undoes what was done to whole rows, so that its features are responsible together, and of
    several edits no more than one is right. `sources`: kinds of places where the bad values begin, the best first.
    """

    make: Callable[[Bench], Iterable[Edit]]
    reason: Reason
    transforms: bool = False
    sources: Sequence[str] = OPERATION_FIRST


@dataclass(frozen=True)
class PrecisionTrials(Stage):
    """Stage 2. Replays in a higher precision of failing rows (a mask, and their trails) of a model of low precision."""

    make: Callable[[Bench, Mask, Mapping[int, TracedRows]], Iterator[Trial]]


@dataclass(frozen=True)
class Suspect:
    """The place where the bad values of some rows began, for changes of the model. `rows`: shape (failing rows,).

    `sources`: all places where bad values of these rows began, by name.
    """

    source: Json
    rows: Mask
    sources: Sequence[Json]

    @property
    def constants(self) -> list[str]:
        return [one["name"] for one in self.sources if one["kind"] == "constant"]

    @property
    def alike(self) -> list[Json]:
        """Sources of the same kind of operation in the same layer, as both halves of exp(x) / (1 + exp(x))."""
        same = (self.source["operation"], self.source["layer"])
        return [one for one in self.sources if (one["operation"], one["layer"]) == same]


def no_change(_bench: Bench, _suspect: Suspect) -> list[Trial]:
    """What came with the rows, no change of the model cures."""
    return []


@dataclass(frozen=True)
class ModelChange(Stage):
    """Stage 3. The cause of bad values that began at a place it fits, and the changes that may show it."""

    fits: Callable[[Json], bool]
    make: Callable[[Bench, Suspect], list[Trial]] = no_change


@dataclass(frozen=True)
class NoSource(Stage):
    """Stage 3. The cause of failing rows for which no place is known where bad values began."""


@dataclass(frozen=True)
class ServedVariant(Stage):
    """Stage 4. Served non-finite, finite as saved, and non-finite in this variant of the replay."""

    variant: str
    applies: Callable[[Case], bool]
    finding: Callable[[Case, Rows, list[Evidence]], Finding]


@dataclass(frozen=True)
class Environment(Stage):
    """Stage 5. Served non-finite and finite in every replay: a clause on what differs, None where nothing does.

    `likely`: the clause points at the cause.
    """

    confidence: float
    difference: Callable[[Case], str | None]
    likely: bool = True


@dataclass(frozen=True)
class RefusedRows(Stage):
    """Stage 6. The model raises on the rows."""


S = TypeVar("S", bound=Stage)
STAGES = (RowEdits, PrecisionTrials, ModelChange, NoSource, ServedVariant, Environment, RefusedRows)


@dataclass(frozen=True, eq=False)
class Cause:
    """One leaf of the contract's list. `because`: the clause of the title behind "because".

    `no_experiment`: why none can prove the cause; empty where one of the stages makes one.
    """

    identifier: str
    label: str
    sentence: str
    because: Callable[[DiagnosedRows], str]
    remedies: Callable[[DiagnosedRows], list[Remedy]]
    stages: Sequence[Stage]
    no_experiment: str = ""

    def stage(self, kind: type[S]) -> S | None:
        """How the cause is found at a stage, None where it is not."""
        return next((one for one in self.stages if isinstance(one, kind)), None)

    @property
    def place(self) -> tuple[int, int]:
        """Its place in the order of precedence: that of the first of its `stages`, and the rank there."""
        return STAGES.index(type(self.stages[0])), self.stages[0].rank
