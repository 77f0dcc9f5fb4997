"""How much of what was served has been sent: the rows that were replayed are a sample, the rates are true."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone

from ingest.models import ModelVersion
from monitoring.models import HourlyCount
from monitoring.web.pages.sparkline import HOURS


@dataclass(frozen=True)
class Sampling:
    """Predictions of a day, those that were sent as rows, and those that were to be sent and are not."""

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
