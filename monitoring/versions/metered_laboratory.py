"""The laboratory of a batch, which also keeps how close its rows came to an overflow."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nantrace.diagnosis.case import ReplayOutcome
from nantrace.diagnosis.headroom import least_headroom
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.reference import Reference
from nantrace.tensors.tensor import Tensors


@dataclass(frozen=True)
class MeteredLaboratory(ReplayLaboratory):
    """Costs no replay: `magnitudes`, each (rows, taps), are those that the diagnosis asks for."""

    magnitudes: list[NDArray[np.float64]] = field(default_factory=list)

    def replay(self, rows: Tensors, variant: str) -> ReplayOutcome:
        outcome = super().replay(rows, variant)
        if outcome.magnitudes is not None:
            self.magnitudes.append(outcome.magnitudes)
        return outcome

    def least_headroom(self, reference: Reference | None) -> float | None:
        """Decades, of all rows that were measured; see `nantrace.diagnosis.headroom.least_headroom`."""
        if not self.magnitudes:
            return None
        known = reference.activations if reference else ()
        return least_headroom(self.facts().taps, np.concatenate(self.magnitudes), known)
