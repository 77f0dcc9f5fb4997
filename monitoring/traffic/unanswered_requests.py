"""Requests that a serving stack logged and never answered: a signal of its own, next to what their replay finds.

A prediction that cannot be written as JSON because it is NaN leaves exactly that trace.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Sum

from ingest.models import ModelVersion


@dataclass(frozen=True)
class Unanswered:
    """How many rows of the batches that are kept got no prediction, and when the last of them were served."""

    rows: int
    last_at: datetime | None


def unanswered_of(version: ModelVersion) -> Unanswered:
    found = version.batches.filter(unanswered=True).aggregate(rows=Sum("rows"), last_at=Max("observed_at"))
    return Unanswered(found["rows"] or 0, found["last_at"])
