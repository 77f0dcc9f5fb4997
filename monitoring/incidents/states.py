"""What a person, or a regression, makes of an incident."""

from django.contrib.auth.models import User
from django.db import transaction

from monitoring.models import Incident, IncidentEvent, IncidentState

_KINDS = {
    IncidentState.OPEN: IncidentEvent.Kind.REOPENED,
    IncidentState.RESOLVED: IncidentEvent.Kind.RESOLVED,
    IncidentState.IGNORED: IncidentEvent.Kind.IGNORED,
}
REASON_LENGTH = 300


def change_state(incident: Incident, state: IncidentState, user: User | None = None, reason: str = "") -> Incident:
    """Moves the incident to `state` and writes down who did it and why; the state it has changes nothing."""
    with transaction.atomic():
        if _locked(incident).state != state:
            decide(incident, state, _KINDS[state], user, reason)
    return incident


def decide(
    incident: Incident, state: IncidentState, kind: IncidentEvent.Kind, user: User | None, reason: str
) -> IncidentEvent:
    """Moves the incident to `state` and writes it down as `kind`, whatever its state was; inside a transaction."""
    locked = _locked(incident)
    locked.state = incident.state = state
    locked.save(update_fields=["state"])
    return add_event(locked, kind, reason, user)


def _locked(incident: Incident) -> Incident:
    """The incident as it is stored now, until the transaction ends."""
    locked = Incident.objects.select_for_update(no_key=True).get(pk=incident.pk)
    incident.state = locked.state
    return locked


def add_event(incident: Incident, kind: IncidentEvent.Kind, reason: str, user: User | None = None) -> IncidentEvent:
    """One more line of the incident's history."""
    return IncidentEvent.objects.create(incident=incident, kind=kind, user=user, reason=reason[:REASON_LENGTH])
