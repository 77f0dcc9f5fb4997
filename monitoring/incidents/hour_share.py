"""How much of an hour's traffic hit an incident."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import F, Sum
from django.db.models.functions import TruncHour

from ingest.models import ModelVersion
from monitoring.models import HOUR, HourlyCount, Incident, IncidentHit, hour_of


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

    @classmethod
    def of_newest_hours(cls, incidents: Collection[Incident]) -> dict[int, Self]:
        """By incident, in the hour in which it was last seen, of the version that hit it then. Two queries for all."""
        last_hour = TruncHour("incident__last_seen")  # no hit is later than `last_seen`
        hits = IncidentHit.objects.filter(
            incident__in=list(incidents), version=F("incident__last_version"), observed_at__gte=last_hour
        )
        failing = dict(hits.order_by().values_list("incident").annotate(Sum("rows")))
        versions, hours = {one.last_version_id for one in incidents}, {hour_of(one.last_seen) for one in incidents}
        counts = HourlyCount.objects.filter(version__in=versions, hour__in=hours)
        served = {(version, hour): rows for version, hour, rows in counts.values_list("version", "hour", "predictions")}
        return {
            one.pk: cls(failing.get(one.pk, 0), served.get((one.last_version_id, hour_of(one.last_seen)), 0))
            for one in incidents
        }
