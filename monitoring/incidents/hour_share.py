"""How much of an hour's traffic hit an incident."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Sum

from ingest.models import ModelVersion
from monitoring.models import HOUR, HourlyCount, Incident, hour_of


@dataclass(frozen=True)
class HourShare:
    """Rows of a version that hit an incident in one hour (UTC), and all that it served then."""

    failing: int
    served: int

    @classmethod
    def of(cls, incident: Incident, version: ModelVersion, moment: datetime) -> Self:
        """In the hour of `moment`, as far as it is recorded."""
        hour = hour_of(moment)
        hits = incident.hits.filter(observed_at__gte=hour, observed_at__lt=hour + HOUR, version=version)
        served = HourlyCount.objects.filter(hour=hour, version=version).first()
        return cls(hits.aggregate(rows=Sum("rows"))["rows"] or 0, served.predictions if served else 0)
