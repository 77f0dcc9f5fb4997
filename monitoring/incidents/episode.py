"""Since when a drift goes on: the hours that hit an incident without a quiet day between them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from monitoring.models import DriftWindow, Incident
from nantrace.report.numbers import counted

QUIET = timedelta(days=1)  # what drifts in the same hours of every day is one episode


@dataclass(frozen=True)
class Episode:
    """From the first to the last hour of one version that hit an incident; `hours` hit it, of `watched` with traffic.

    `rows`: of the hours that hit it.
    """

    first: datetime
    last: datetime
    hours: int
    watched: int
    rows: int

    @property
    def clause(self) -> str:
        """`since 2026-03-01 14:00 UTC (24 hours, 4,800 rows)`, `(5 of 24 hours, 1,000 rows)`."""
        watched = counted(self.watched, "hour")
        hours = watched if self.hours == self.watched else f"{self.hours:,} of {watched}"
        return f"since {self.first:%Y-%m-%d %H:%M} UTC ({hours}, {counted(self.rows, 'row')})"


def newest_episode(incident: Incident) -> Episode | None:
    """The episode that goes on, or the last one, of the version that was seen last; None where no hour is stored."""
    hits = incident.hits.filter(version=incident.last_version, window__isnull=False)
    hours: list[datetime] = []
    rows = 0
    for hour, hit_rows in hits.order_by("-window__hour").values_list("window__hour", "rows"):
        if hours and hours[-1] - hour > QUIET:
            break
        hours.append(hour)
        rows += hit_rows
    if not hours:
        return None
    first, last = hours[-1], hours[0]
    return Episode(first, last, len(hours), _watched(incident, first, last).count(), rows)


def hours_of(incident: Incident, episode: Episode) -> QuerySet[DriftWindow]:
    """The hours of an episode that hit the incident."""
    return _watched(incident, episode.first, episode.last).filter(hits__incident=incident)


def _watched(incident: Incident, first: datetime, last: datetime) -> QuerySet[DriftWindow]:
    return DriftWindow.objects.filter(version=incident.last_version, hour__range=(first, last))
