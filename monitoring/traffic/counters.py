"""Adds a replayed batch to the counters, inside the transaction that records it."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from django.db.models import F, Model
from numpy.typing import NDArray

from ingest.models import Batch
from monitoring.models import HourlyCount, PredictionCounter
from monitoring.traffic.sampling_weights import Served
from nantrace.diagnosis.finding import Finding


def count(batch: Batch, findings: Sequence[Finding], nonfinite: NDArray[np.bool_]) -> None:
    """All predictions of the batch, the failing ones by symptom, and the hour in which they were observed.

    Where the rows are a sample, they count for what they stand for: `nonfinite`, shape (rows,), says which rows hold a
    non-finite or missing value in an input or a served output.
    """
    served = Served.by(batch)
    _add(PredictionCounter, {"version_id": batch.version_id, "symptom": ""}, {"value": served.predictions})
    failing: dict[str, set[int]] = {}
    for finding in findings:
        failing.setdefault(finding.symptom, set()).update(finding.row_indices)
    for symptom, rows in sorted(failing.items()):
        key = {"version_id": batch.version_id, "symptom": symptom}
        _add(PredictionCounter, key, {"value": served.stand_for(nonfinite[_positions(rows)])})
    hour = batch.observed_at.replace(minute=0, second=0, microsecond=0)
    counts = {
        "predictions": served.predictions,
        "nonfinite_rows": served.nonfinite,
        "incident_rows": served.stand_for(nonfinite[_positions(set().union(*failing.values()))]),
        "replayed_rows": batch.rows,
        "dropped_rows": served.dropped,
    }
    _add(HourlyCount, {"version_id": batch.version_id, "hour": hour}, counts)


def _positions(rows: Iterable[int]) -> NDArray[np.intp]:
    return np.fromiter(rows, np.intp)


def _add(table: type[Model], key: dict[str, Any], counts: dict[str, int]) -> None:
    """Increments in the database, so that workers that count at once lose nothing."""
    rows = table._default_manager
    rows.get_or_create(**key)
    rows.filter(**key).update(**{name: F(name) + value for name, value in counts.items()})
