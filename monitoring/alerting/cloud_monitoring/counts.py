"""Reads the durable counters as the counts that are written."""

from monitoring.alerting.cloud_monitoring.series import Count
from monitoring.models import PredictionCounter


def read_counts() -> list[Count]:
    """Every version with a prediction, oldest first.

    A symptom counts since its version does: its first point then starts where the version's zeros did, and is
    never older than one of them.
    """
    counts: dict[int, Count] = {}
    counters = PredictionCounter.objects.select_related("version__model__project").order_by("symptom", "pk")
    for counter in counters:  # the empty symptom, all predictions, sorts first
        if not counter.symptom:
            counts[counter.version_id] = _count(counter)
        elif counter.version_id in counts:
            counts[counter.version_id].by_symptom[counter.symptom] = counter.value
    return list(counts.values())


def _count(counter: PredictionCounter) -> Count:
    return Count(
        project=counter.version.model.project.name,
        model=counter.version.model.name,
        version=counter.version.version,
        started_at=counter.started_at,
        predictions=counter.value,
        by_symptom={},
    )
