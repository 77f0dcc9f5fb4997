"""What the title and the remedies of a finding depend on."""

from collections.abc import Sequence
from dataclasses import dataclass

from nantrace.diagnosis.case import Case, Json
from nantrace.diagnosis.finding import ResponsibleFeature
from nantrace.diagnosis.trials import Trial
from nantrace.tensors.tensor import Tensor


@dataclass(frozen=True)
class DiagnosedRows:
    """Failing rows of one cause. `source` is the replay's description of the place where their bad values began.

    `proven`: a replay with the trial's change cured every failing row. `note`: what else is known, as a clause.
    `rows`: their positions in the batch, of those that the trial cured.
    `taken`: by input, the last whole number on the way to a refused one that the model takes.
    `spreads`: some of the rows fail only in one batch with the others.
    `untraced`: why the place is not known of some of them, empty where it is.
    """

    case: Case
    source: Json | None
    features: Sequence[ResponsibleFeature]
    trial: Trial | None
    proven: bool
    note: str = ""
    taken: Sequence[tuple[str, int]] = ()
    rows: Sequence[int] = ()
    spreads: bool = False
    untraced: str = ""

    @property
    def layer(self) -> str:
        return (self.source or {}).get("layer") or self.case.model.name or "the model"

    @property
    def operation(self) -> str:
        return (self.source or {}).get("operation") or "the operation"

    @property
    def places(self) -> Sequence[Json]:
        """The operations that must be guarded: those of the trial, else the one where the bad values began."""
        guarded = self.trial.places if self.trial is not None else ()
        return guarded or [self.source or {"operation": self.operation}]

    @property
    def layer_class(self) -> str:
        """The class of the Keras layer; empty where Keras does not show it, or nothing but bare operations is there."""
        return self.case.model.layers.get(self.layer, "")

    @property
    def last_name(self) -> str:
        return self.layer.rsplit("/", 1)[-1]

    @property
    def test(self) -> str:
        """The contract's id of the experiment that cured rows; empty without one."""
        return self.trial.test if self.trial is not None else ""

    @property
    def tensor(self) -> Tensor | None:
        """The input of the first responsible feature."""
        return self.case.inputs.by_name[self.features[0].input] if self.features else None

    @property
    def holds_text(self) -> bool:
        """Whether the input of the first responsible feature is text."""
        return self.tensor is not None and self.tensor.values.dtype.kind == "U"

    def own(self, cause: str) -> list[ResponsibleFeature]:
        """The features that are responsible for this cause."""
        return [one for one in self.features if one.reason.cause == cause]

    def others(self, cause: str) -> list[ResponsibleFeature]:
        """The features that are responsible for another cause, which the same rows have as well."""
        return [one for one in self.features if one.reason.cause != cause]
