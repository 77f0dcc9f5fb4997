"""Two sets of rows compared without a history: what `manage.py drift` decides and reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nantrace.drift.alarms import two_samples
from nantrace.drift.alarms.budget import budget_of_files
from nantrace.drift.columns import evenly_spaced
from nantrace.drift.feature_list import FeatureList
from nantrace.drift.judgement import alarms_of, fault_alarms, named_faults, with_judgement
from nantrace.drift.profile import take_profile
from nantrace.drift.row_order import UNKNOWN_ORDER, AssumedOrder, RowOrder
from nantrace.drift.statistics import TensorStatistics, measure
from nantrace.drift.window import Window
from nantrace.tensors.strict_json import strict
from nantrace.tensors.tensor import Tensors

MOST_ROWS_FOR_FAULTS = 20_000
PARTS = 12

Json = dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """`alarms` and `faults` as `judgement` makes them; `assumed`: how many rows count as independent, and why."""

    features: FeatureList
    window: Window
    statistics: Sequence[TensorStatistics]
    alarms: list[Json]
    faults: list[Json]
    assumed: AssumedOrder

    @property
    def alarm(self) -> bool:
        return bool(self.alarms)

    def document(self) -> Json:
        """The answer of the command, features that moved most first; strict JSON."""
        order = (-self.features.moved(self.statistics)).argsort(kind="stable").tolist()
        documents = with_judgement(self.features.documents(self.statistics, order), self.alarms, self.faults)
        rows = {"reference_rows": self.features.profile.rows, "rows": self.window.rows}
        document: Json = strict(
            {
                "alarm": self.alarm,
                **rows,
                "row_order": self.assumed.document(),
                "budget": budget_of_files(),
                "features": documents,
            }
        )
        return document

    def shares_by_part(self, feature: int) -> list[float]:
        """The shares, 0 to 1, of a feature's finite cells in 12 parts that hold equal shares of the reference.

        The first part is the lowest. An outer bin goes to its neighbour. All are 0 where either side has no such cell.
        """
        tensor, place = self.features.locate(feature)
        known = self.features.profile.reference.tensors[tensor].bins[place]
        seen = self.window.tensors[tensor].bins[place]
        if not known.sum() or not seen.sum():
            return [0.0] * PARTS
        middle = (known.cumsum() - known / 2) / known.sum()
        part = np.minimum((middle * PARTS).astype(int), PARTS - 1)
        counts = np.bincount(part, weights=seen, minlength=PARTS)
        return [float(count) for count in counts / seen.sum()]


def compare(
    reference: Tensors, current: Tensors, metadata: Mapping[str, Any], order: RowOrder = UNKNOWN_ORDER
) -> Comparison:
    """Compares the rows of `current` with those of `reference`, both in the order in which they came."""
    profile = take_profile(reference)
    decision = two_samples.compare(profile, current, order=order)
    alarms = alarms_of(decision)
    some = current.take(evenly_spaced(current.rows, MOST_ROWS_FOR_FAULTS))
    faults = named_faults(profile, some, metadata, alarms)
    return Comparison(
        features=FeatureList.of(profile, metadata),
        window=decision.window,
        statistics=measure(profile, decision.window),
        alarms=[*alarms, *fault_alarms(faults, alarms)],
        faults=faults,
        assumed=decision.assumed,
    )
