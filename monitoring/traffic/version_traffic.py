"""The traffic of one version: how much of what was served has been sent, and requests that were never answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Sum
from django.utils import timezone

from ingest.models import ModelVersion
from monitoring.models import HourlyCount

HOURS = 24


@dataclass(frozen=True)
class Sampling:
    """Predictions of a day, those that were sent as rows, and those that were to be sent and are not.

    The rows that were replayed are a sample, the rates are true.
    """

    predictions: int
    replayed: int
    dropped: int

    @property
    def share(self) -> float:
        """The share of predictions that was sent, 0 to 1."""
        return self.replayed / self.predictions if self.predictions else 1.0

    @property
    def is_sample(self) -> bool:
        return self.replayed < self.predictions


def sampling_of(version: ModelVersion) -> Sampling:
    """Of the last 24 hours, the running one included."""
    since = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    sums = HourlyCount.objects.filter(version=version, hour__gte=since).aggregate(
        predictions=Sum("predictions"), replayed=Sum("replayed_rows"), dropped=Sum("dropped_rows")
    )
    return Sampling(**{name: number or 0 for name, number in sums.items()})


@dataclass(frozen=True)
class Unanswered:
    """Rows of the batches that are kept that got no prediction, and when the last of them were served.

    A prediction that cannot be written as JSON because it is NaN leaves exactly that trace.
    """

    rows: int
    last_at: datetime | None


def unanswered_of(version: ModelVersion) -> Unanswered:
    found = version.batches.filter(unanswered=True).aggregate(rows=Sum("rows"), last_at=Max("observed_at"))
    return Unanswered(found["rows"] or 0, found["last_at"])
