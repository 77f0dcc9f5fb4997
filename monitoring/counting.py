"""Adds a replayed batch to the counters, inside the transaction that records it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Model

from ingest.models import Batch
from monitoring.diagnosis.finding import Finding
from monitoring.models import HourlyCount, PredictionCounter


def count(batch: Batch, findings: Sequence[Finding]) -> None:
    """All rows of the batch, the failing ones by symptom, and the hour in which they were observed."""
    _add(PredictionCounter, {"version_id": batch.version_id, "symptom": ""}, {"value": batch.rows})
    failing: dict[str, set[int]] = {}
    for finding in findings:
        failing.setdefault(finding.symptom, set()).update(finding.row_indices)
    for symptom, rows in sorted(failing.items()):
        _add(PredictionCounter, {"version_id": batch.version_id, "symptom": symptom}, {"value": len(rows)})
    hour = batch.observed_at.replace(minute=0, second=0, microsecond=0)
    counts = {
        "predictions": batch.rows,
        "nonfinite_rows": batch.nonfinite_rows,
        "incident_rows": len(set().union(*failing.values())) if failing else 0,
    }
    _add(HourlyCount, {"version_id": batch.version_id, "hour": hour}, counts)


def _add(table: type[Model], key: dict[str, Any], counts: dict[str, int]) -> None:
    """Increments in the database, so that workers that count at once lose nothing."""
    rows = table._default_manager
    rows.get_or_create(**key)
    rows.filter(**key).update(**{name: F(name) + value for name, value in counts.items()})
