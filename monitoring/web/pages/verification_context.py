"""What the part of an incident's page about verification shows."""

from django.db.models import QuerySet

from ingest.models import ModelVersion
from monitoring.models import Incident, Verification, VerificationState

MOST_SHOWN = 5


def verification_context(incident: Incident) -> dict[str, object]:
    """The versions to choose from, newest first, and the latest answers; `waiting` while one is still to come."""
    latest: list[Verification] = list(incident.verifications.select_related("version")[:MOST_SHOWN])
    return {
        "candidates": list(candidates(incident).values_list("version", flat=True)),
        "verifications": latest,
        "waiting": any(one.state == VerificationState.WAITING for one in latest),
        "verify_file": f"manage.py verify model.keras --for {incident.model.name} --incident {incident.short_id}",
    }


def candidates(incident: Incident) -> QuerySet[ModelVersion]:
    """Registered versions of the model other than the one that failed last."""
    others = incident.model.versions.exclude(pk=incident.last_version_id)
    return others.order_by("-created_at", "-pk")
