"""Replays the stored failing rows of incidents through another model: is each of them cured?"""

from monitoring.verification.incidents import FailingRow, IncidentVerdict, verifiable, verify

__all__ = ["FailingRow", "IncidentVerdict", "verifiable", "verify"]
