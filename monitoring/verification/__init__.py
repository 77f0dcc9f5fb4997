"""Replays the stored failing rows of incidents through another model: is each of them cured?"""

from monitoring.verification.incidents import FailingRow, IncidentVerdict, verifiable, verify
from monitoring.verification.requests import carry_out, hint_waiting, request_verification

__all__ = [
    "FailingRow",
    "IncidentVerdict",
    "carry_out",
    "hint_waiting",
    "request_verification",
    "verifiable",
    "verify",
]
