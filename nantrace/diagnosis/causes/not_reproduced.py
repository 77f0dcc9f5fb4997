"""Served non-finite and replayed finite, and nothing that was recorded differs."""

from nantrace.diagnosis.case import Case
from nantrace.diagnosis.cause import Cause, Environment, NoSource
from nantrace.diagnosis.diagnosed_rows import DiagnosedRows
from nantrace.diagnosis.finding import Remedy
from nantrace.diagnosis.phrases import as_noted
from nantrace.diagnosis.shared_advice import serve_as_tested


def difference(_case: Case) -> str | None:
    return "nothing recorded about the serving environment differs from the replay's"


def because(diagnosed: DiagnosedRows) -> str:
    if diagnosed.untraced:
        return "of something inside the model that was not found in time"
    return as_noted(diagnosed) or "of something that the replay op by op does not show"


def remedies(diagnosed: DiagnosedRows) -> list[Remedy]:
    if diagnosed.untraced:
        return []  # the rows fail here as well, so nothing speaks of the place where they were served
    why = (
        "The same rows are finite in every replay. Look around the call of the model: threads that share a buffer, "
        "post-processing, serialisation."
    )
    return [serve_as_tested(why)]


CAUSE = Cause(
    "not_reproduced",
    label="Not reproduced",
    sentence="Serving answered NaN, the replay does not, and no recorded difference explains it.",
    because=because,
    remedies=remedies,
    stages=(Environment(rank=30, confidence=0.4, difference=difference, likely=False), NoSource(rank=10)),
    no_experiment="What does not fail in any replay cannot be cured in one.",
)
