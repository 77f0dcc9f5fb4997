"""Incidents, their history and their alerts, counters, what is known of a version, and how its traffic drifts."""

from monitoring.models.alert import (
    AlertChannel,
    AlertRoute,
    IncidentMute,
    MailAddress,
    MaintenanceWindow,
    QueuedAlert,
    QueuedAlertState,
    SlackPost,
)
from monitoring.models.cloud_alert import AlertSetup, CloudAlert, CloudAlertState, CloudChannel
from monitoring.models.drift import DriftProfile, DriftSample, DriftWindow, NewNormal, ProfileOrigin, VersionBefore
from monitoring.models.incident import (
    Incident,
    IncidentDescription,
    IncidentEvent,
    IncidentHit,
    IncidentSequence,
    IncidentState,
    OrderState,
    Verification,
)
from monitoring.models.metrics import LATENCY_BOUNDS, MetricDelivery, ReplayLatency
from monitoring.models.program import ProgramKind, RunningProgram
from monitoring.models.version import (
    HOUR,
    AuditState,
    HourlyCount,
    PredictionCounter,
    SeriesPlace,
    VersionProfile,
    hour_of,
)

__all__ = [
    "HOUR",
    "LATENCY_BOUNDS",
    "AlertChannel",
    "AlertRoute",
    "AlertSetup",
    "AuditState",
    "CloudAlert",
    "CloudAlertState",
    "CloudChannel",
    "DriftProfile",
    "DriftSample",
    "DriftWindow",
    "HourlyCount",
    "Incident",
    "IncidentDescription",
    "IncidentEvent",
    "IncidentHit",
    "IncidentMute",
    "IncidentSequence",
    "IncidentState",
    "MailAddress",
    "MaintenanceWindow",
    "MetricDelivery",
    "NewNormal",
    "OrderState",
    "PredictionCounter",
    "ProfileOrigin",
    "ProgramKind",
    "QueuedAlert",
    "QueuedAlertState",
    "ReplayLatency",
    "RunningProgram",
    "SeriesPlace",
    "SlackPost",
    "Verification",
    "VersionBefore",
    "VersionProfile",
    "hour_of",
]
