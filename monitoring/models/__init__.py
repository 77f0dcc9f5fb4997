"""Incidents and their history, counters, and what is known of a version."""

from monitoring.models.counting import HourlyCount, PredictionCounter
from monitoring.models.incident import Incident, IncidentEvent, IncidentHit, IncidentState
from monitoring.models.profile import AuditState, VersionProfile

__all__ = [
    "AuditState",
    "HourlyCount",
    "Incident",
    "IncidentEvent",
    "IncidentHit",
    "IncidentState",
    "PredictionCounter",
    "VersionProfile",
]
