"""Which of the alerts that are due go into the next message, and what is written of the others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from monitoring.alerting.direct.message import IncidentChange, IncidentNotice
from monitoring.alerting.direct.notices import notice_of
from monitoring.alerting.direct.outbox import CHANGES
from monitoring.alerting.direct.routing import (
    AlertFacts,
    HoldBack,
    MuteState,
    RouteRule,
    RoutingDecision,
    SendNow,
    SkipAlert,
    decide_alert,
)
from monitoring.models import (
    AlertRoute,
    Incident,
    IncidentEvent,
    IncidentMute,
    IncidentState,
    MaintenanceWindow,
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
    chosen = {event.pk: event for _, event, decision in decided if isinstance(decision, SendNow)}
    for alert, event, decision in decided:
        if event.pk not in chosen:
            _write(alert, decision)
    to_send = [alert for alert, event, _ in decided if event.pk in chosen]  # whichever route wanted it
    return SortedAlerts(to_send, _notices(chosen.values()))


def _decided(alert: QueuedAlert, now: datetime) -> tuple[IncidentEvent, RoutingDecision]:
    if alert.event is None or alert.route is None:
        raise ValueError("a test is for no route")
    return alert.event, decide_alert(_rule(alert.route), _facts(alert, alert.event, now), now)


def _notices(events: Iterable[IncidentEvent]) -> list[IncidentNotice]:
    """Several events of one incident are one notice: opened before returned before worse."""
    changes: dict[Incident, set[IncidentChange]] = {}
    for event in events:
        changes.setdefault(event.incident, set()).add(CHANGES[event.kind])
    order = list(IncidentChange)
    return [notice_of(incident, min(found, key=order.index)) for incident, found in changes.items()]


def _write(alert: QueuedAlert, decision: RoutingDecision) -> None:
    if isinstance(decision, HoldBack):
        alert.due_at, alert.outcome = decision.until, decision.reason
    elif isinstance(decision, SkipAlert):
        alert.state, alert.settled_at, alert.outcome = QueuedAlertState.SKIPPED, timezone.now(), decision.reason
    alert.save(update_fields=["state", "due_at", "settled_at", "outcome"])


def _rule(route: AlertRoute) -> RouteRule:
    severity = IncidentSeverity(route.least_severity)
    return RouteRule(severity, route.cause, route.quiet_from, route.quiet_until)


def _facts(alert: QueuedAlert, event: IncidentEvent, now: datetime) -> AlertFacts:
    incident = event.incident
    closes = CHANGES[event.kind] is IncidentChange.CLOSED
    window = MaintenanceWindow.objects.filter(project=incident.project_id, begins__lte=now, ends__gt=now)
    return AlertFacts(
        severity=IncidentSeverity(incident.severity),
        cause=incident.cause,
        stale=_stale_closing(alert, incident) if closes else _stale_opening(incident),
        mute=None if closes else _mute(incident),  # that it is over is news all the same
        maintenance_until=window.order_by("-ends").values_list("ends", flat=True).first(),
    )


def _stale_opening(incident: Incident) -> str:
    return "" if incident.state == IncidentState.OPEN else "the incident was closed before"


def _stale_closing(alert: QueuedAlert, incident: Incident) -> str:
    if incident.state == IncidentState.OPEN:
        return "the incident is open again"
    reported = QueuedAlert.objects.filter(channel=alert.channel_id, event__incident=incident)
    return "" if reported.filter(state=QueuedAlertState.SENT).exists() else "nothing was reported of the incident"


def _mute(incident: Incident) -> MuteState | None:
    mute = IncidentMute.objects.filter(incident=incident).first()
    if mute is None:
        return None
    other_version = mute.version_id is not None and mute.version_id != incident.last_version_id
    return MuteState(mute.until, other_version or (mute.rows is not None and incident.rows >= mute.rows))
