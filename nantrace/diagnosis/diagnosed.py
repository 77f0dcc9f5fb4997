"""What advice about a finding depends on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nantrace.diagnosis.case import Case, Json
from nantrace.diagnosis.finding import GuiltyFeature
from nantrace.diagnosis.trials import Trial


@dataclass(frozen=True)
class Diagnosed:
    """What the advice depends on. `proven`: a replay with the trial's change cured every failing row."""

    case: Case
    source: Json | None
    features: Sequence[GuiltyFeature]
    trial: Trial | None
    proven: bool

    @property
    def layer(self) -> str:
        return (self.source or {}).get("layer") or self.case.model.name or "the model"

    @property
    def operation(self) -> str:
        return (self.source or {}).get("operation") or "the operation"

    @property
    def kind_of_layer(self) -> str:
        """The class of the Keras layer; empty where Keras does not show it, or nothing but bare operations is there."""
        return self.case.model.layers.get(self.layer, "")

    @property
    def last_name(self) -> str:
        return self.layer.rsplit("/", 1)[-1]

    @property
    def details(self) -> Mapping[str, Any]:
        return self.trial.edit.details if self.trial is not None and self.trial.edit is not None else {}
