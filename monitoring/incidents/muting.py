"""A person mutes an incident: it is counted and shown as before, and alerts nobody until the mute is over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from monitoring.incidents.states import add_event
from monitoring.models import Incident, IncidentEvent, IncidentMute


@dataclass(frozen=True)
class MuteEnd:
    """Whatever of these comes first ends the mute; at least one is set.

    `other_version`: when a version other than the last one hits the incident. `more_rows`: after so many more rows.
    """

    until: datetime | None = None
    other_version: bool = False
    more_rows: int | None = None


def mute(incident: Incident, end: MuteEnd, user: User | None) -> None:
    """From now on, in place of an earlier mute; the history says until when."""
    columns: dict[str, Any] = {
        "until": end.until,
        "version": incident.last_version if end.other_version else None,
        "rows": None if end.more_rows is None else incident.rows + end.more_rows,
    }
    with transaction.atomic():
        IncidentMute.objects.update_or_create(incident=incident, defaults=columns)
        add_event(incident, IncidentEvent.Kind.MUTED, _in_words(incident, end), user)


def unmute(incident: Incident, user: User | None) -> None:
    """Does nothing where it is not muted."""
    with transaction.atomic():
        if IncidentMute.objects.filter(incident=incident).delete()[0]:
            add_event(incident, IncidentEvent.Kind.UNMUTED, "", user)


def active_mute(incident: Incident, now: datetime) -> IncidentMute | None:
    """The mute that holds at `now`."""
    return active_mutes([incident], now).get(incident.pk)


def active_mutes(incidents: Iterable[Incident], now: datetime) -> dict[int, IncidentMute]:
    """The mutes that hold at `now`, by the incident that they are of."""
    known = {incident.pk: incident for incident in incidents}
    mutes = IncidentMute.objects.select_related("version").filter(incident__in=list(known))
    return {one.incident_id: one for one in mutes if not _is_over(one, known[one.incident_id], now)}


def _is_over(one: IncidentMute, incident: Incident, now: datetime) -> bool:
    return (
        (one.until is not None and now >= one.until)
        or (one.version_id is not None and one.version_id != incident.last_version_id)
        or (one.rows is not None and incident.rows >= one.rows)
    )


def _in_words(incident: Incident, end: MuteEnd) -> str:
    parts = [
        *([f"until {end.until:%Y-%m-%d %H:%M} UTC"] if end.until else []),
        *([f"until another version than {incident.last_version.version}"] if end.other_version else []),
        *([f"for {end.more_rows:,} more rows"] if end.more_rows is not None else []),
    ]
    return " or ".join(parts)
