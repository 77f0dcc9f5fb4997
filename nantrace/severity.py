"""How urgent an incident is: one rule for documents, pages, messages and metrics."""

from enum import StrEnum
from math import sqrt

REACHED_PEOPLE = ("nonfinite_output", "absorbed")
"""Symptoms of rows whose answer was NaN, or finite and wrong."""
WORTH_WAKING = 0.05  # of the predictions: one caller in twenty gets such an answer
ONE_SIDED_95 = 1.645  # standard errors


class IncidentSeverity(StrEnum):
    """From what can wait to what should wake somebody; `rank` puts them in this order."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return SEVERITIES.index(self.value)


SEVERITIES = tuple(one.value for one in IncidentSeverity)


def severity_of(
    symptom: str, cause: str | None, *, failing: int, served: int, has_returned: bool = False
) -> IncidentSeverity:
    """The severity of `failing` rows among `served` predictions of the same time.

    Critical: people got NaN or wrong answers, and surely in a share of WORTH_WAKING or more. Warning: they got such
    answers, or refusals, in a smaller share; a drift with a named cause; and whatever comes back after it was resolved.
    Info: the rest, of which nothing has failed yet.
    """
    if symptom in REACHED_PEOPLE and surely(failing, served) >= WORTH_WAKING:
        return IncidentSeverity.CRITICAL
    has_failed = symptom in REACHED_PEOPLE or symptom == "replay_failed"
    return IncidentSeverity.WARNING if has_failed or cause or has_returned else IncidentSeverity.INFO


def surely(failing: int, served: int) -> float:
    """The share that is exceeded with 95% confidence, 0 to 1: Wilson's lower bound (Wilson 1927).

    One of two rows is no proof of a share of a half; a hundred of two hundred are, of 44%.
    """
    if served <= 0:
        return 0.0
    share, z = min(failing / served, 1.0), ONE_SIDED_95
    centre, spread = share + z * z / (2 * served), z * sqrt(share * (1 - share) / served + (z / (2 * served)) ** 2)
    return max(centre - spread, 0.0) / (1 + z * z / served)
