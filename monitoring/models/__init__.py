"""Incidents and their history, counters, and what is known of a version."""

from monitoring.models.counting import HourlyCount, PredictionCounter
from monitoring.models.delivery import MetricDelivery
from monitoring.models.incident import Incident, IncidentEvent, IncidentHit, IncidentSequence, IncidentState
from monitoring.models.profile import AuditState, VersionProfile
from monitoring.models.verification import Verification, VerificationState

__all__ = [
    "AuditState",
    "HourlyCount",
    "Incident",
    "IncidentEvent",
    "IncidentHit",
    "IncidentSequence",
    "IncidentState",
    "MetricDelivery",
    "PredictionCounter",
    "Verification",
    "VerificationState",
    "VersionProfile",
]
