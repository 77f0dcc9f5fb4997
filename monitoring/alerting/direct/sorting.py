"""Which of the alerts that are due go into the next message, and what is written of the others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.db.models.functions import Now

from monitoring.alerting.direct.message import IncidentChange, IncidentNotice
from monitoring.alerting.direct.notices import notice_of
from monitoring.alerting.direct.outbox import CHANGES
from monitoring.alerting.direct.routing import (
    AlertFacts,
    HoldBack,
    RouteRule,
    RoutingDecision,
    SendNow,
    SkipAlert,
    decide_alert,
)
from monitoring.incidents.muting import active_mute
from monitoring.models import (
    AlertRoute,
    Incident,
    IncidentEvent,
    IncidentState,
    QueuedAlert,
    QueuedAlertState,
)
from nantrace.severity import IncidentSeverity


@dataclass(frozen=True)
class SortedAlerts:
    """The alerts that a message carries, and what it says: one notice an incident."""

    to_send: Sequence[QueuedAlert]
    notices: Sequence[IncidentNotice]


def sort_out(due: Sequence[QueuedAlert], now: datetime) -> SortedAlerts:
    """`due`: alerts of one channel, each with route and event. Which are held back or skipped is written down."""
    decided = [(alert, *_decided(alert, now)) for alert in due]
    chosen = {event.pk for _, event, decision in decided if isinstance(decision, SendNow)}
    for alert, event, decision in decided:
        if event.pk not in chosen:
            _write(alert, decision)
    to_send = [(alert, event) for alert, event, _ in decided if event.pk in chosen]  # whichever route wanted it
    return SortedAlerts([alert for alert, _ in to_send], _notices(to_send))


def _decided(alert: QueuedAlert, now: datetime) -> tuple[IncidentEvent, RoutingDecision]:
    if alert.event is None or alert.route is None:
        raise ValueError("a test is for no route")
    return alert.event, decide_alert(_rule(alert.route), _facts(alert, alert.event, now), now)


def _notices(alerts: Iterable[tuple[QueuedAlert, IncidentEvent]]) -> list[IncidentNotice]:
    """Several events of one incident are one notice: opened before returned before worse."""
    changes: dict[Incident, set[IncidentChange]] = {}
    for alert, event in alerts:
        change = IncidentChange.STILL_OPEN if alert.reminder else CHANGES[event.kind]
        changes.setdefault(event.incident, set()).add(change)
    order = list(IncidentChange)
    return [notice_of(incident, min(found, key=order.index)) for incident, found in changes.items()]


def _write(alert: QueuedAlert, decision: RoutingDecision) -> None:
    stored = QueuedAlert.objects.filter(pk=alert.pk)
    if isinstance(decision, HoldBack):
        stored.update(due_at=decision.until, outcome=decision.reason)
    elif isinstance(decision, SkipAlert):
        stored.update(state=QueuedAlertState.SKIPPED, settled_at=Now(), outcome=decision.reason)


def _rule(route: AlertRoute) -> RouteRule:
    severity = IncidentSeverity(route.least_severity)
    return RouteRule(severity, route.cause, route.quiet_from, route.quiet_until)


def _facts(alert: QueuedAlert, event: IncidentEvent, now: datetime) -> AlertFacts:
    incident = event.incident
    closes = CHANGES[event.kind] is IncidentChange.CLOSED
    return AlertFacts(
        severity=IncidentSeverity(incident.severity),
        cause=incident.cause,
        stale=_stale_closing(alert, incident) if closes else _stale_opening(alert, incident),
        is_muted=not closes and active_mute(incident, now) is not None,  # that it is over is news all the same
        in_maintenance=incident.project.maintenance_windows.filter(begins__lte=now, ends__gt=now).exists(),
    )


def _stale_opening(alert: QueuedAlert, incident: Incident) -> str:
    if incident.state != IncidentState.OPEN:
        return "the incident was closed before"
    later = _reported(alert, incident).filter(route=alert.route_id, pk__gt=alert.pk)
    return "it was reported meanwhile" if alert.reminder and later.exists() else ""


def _stale_closing(alert: QueuedAlert, incident: Incident) -> str:
    if incident.state == IncidentState.OPEN:
        return "the incident is open again"
    return "" if _reported(alert, incident).exists() else "nothing was reported of the incident"


def _reported(alert: QueuedAlert, incident: Incident) -> QuerySet[QueuedAlert]:
    """What was sent of an incident to the channel of an alert."""
    sent = QueuedAlert.objects.filter(state=QueuedAlertState.SENT)
    return sent.filter(channel=alert.channel_id, event__incident=incident)
