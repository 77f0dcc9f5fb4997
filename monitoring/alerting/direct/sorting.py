"""Which of the alerts that are due go into the next message, and what is written of the others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.db.models.functions import Now

from monitoring.alerting.direct.message import IncidentChange, IncidentNotice
from monitoring.alerting.direct.notices import notices_of
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
from monitoring.incidents.muting import active_mutes
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


@dataclass(frozen=True)
class _Known:
    """What is asked once for all alerts of a message. `sent`: by incident and route the newest that was sent."""

    now: datetime
    in_maintenance: bool
    mutes: Mapping[int, IncidentMute]
    sent: Mapping[int, Mapping[int | None, int]]

    @classmethod
    def of(cls, due: Sequence[QueuedAlert], now: datetime) -> Self:
        incidents = {alert.event.incident for alert in due if alert.event is not None}
        projects = {incident.project_id for incident in incidents}
        windows = MaintenanceWindow.objects.filter(project__in=projects, begins__lte=now, ends__gt=now)
        return cls(now, windows.exists(), active_mutes(incidents, now), _sent(due, incidents))


def sort_out(due: Sequence[QueuedAlert], now: datetime) -> SortedAlerts:
    """`due`: alerts of one channel, each with route and event. Which are held back or skipped is written down."""
    known = _Known.of(due, now)
    decided = [(alert, *_decided(alert, known)) for alert in due]
    chosen = {event.pk for _, event, decision in decided if isinstance(decision, SendNow)}
    _write((alert.pk, decision) for alert, event, decision in decided if event.pk not in chosen)
    to_send = [(alert, event) for alert, event, _ in decided if event.pk in chosen]  # whichever route wanted it
    return SortedAlerts([alert for alert, _ in to_send], notices_about(to_send))


def _decided(alert: QueuedAlert, known: _Known) -> tuple[IncidentEvent, RoutingDecision]:
    if alert.event is None or alert.route is None:
        raise ValueError("a test is for no route")
    return alert.event, decide_alert(_rule(alert.route), _facts(alert, alert.event, known), known.now)


def notices_about(alerts: Iterable[tuple[QueuedAlert, IncidentEvent]]) -> list[IncidentNotice]:
    """Several events of one incident are one notice: opened before returned before worse."""
    changes: dict[Incident, set[IncidentChange]] = {}
    for alert, event in alerts:
        change = IncidentChange.STILL_OPEN if alert.reminder else CHANGES[event.kind]
        changes.setdefault(event.incident, set()).add(change)
    order = list(IncidentChange)
    return notices_of({incident: min(found, key=order.index) for incident, found in changes.items()})


def _write(decided: Iterable[tuple[int, RoutingDecision]]) -> None:
    """One statement for all alerts of which the same was decided."""
    alike: dict[RoutingDecision, list[int]] = {}
    for key, decision in decided:
        alike.setdefault(decision, []).append(key)
    for decision, keys in alike.items():
        stored = QueuedAlert.objects.filter(pk__in=keys)
        if isinstance(decision, HoldBack):
            stored.update(due_at=decision.until, outcome=decision.reason)
        elif isinstance(decision, SkipAlert):
            stored.update(state=QueuedAlertState.SKIPPED, settled_at=Now(), outcome=decision.reason)


def _rule(route: AlertRoute) -> RouteRule:
    severity, zone = IncidentSeverity(route.least_severity), ZoneInfo(route.channel.zone)
    return RouteRule(severity, route.cause, route.quiet_from, route.quiet_until, zone)


def _facts(alert: QueuedAlert, event: IncidentEvent, known: _Known) -> AlertFacts:
    incident = event.incident
    sent = known.sent.get(incident.pk, {})
    closes = CHANGES[event.kind] is IncidentChange.CLOSED
    return AlertFacts(
        severity=IncidentSeverity(incident.severity),
        cause=incident.cause,
        stale=_stale_closing(incident, sent) if closes else _stale_opening(alert, incident, sent),
        is_muted=not closes and incident.pk in known.mutes,  # that it is over is news all the same
        in_maintenance=known.in_maintenance,
    )


def _stale_opening(alert: QueuedAlert, incident: Incident, sent: Mapping[int | None, int]) -> str:
    if incident.state != IncidentState.OPEN:
        return "the incident was closed before"
    is_late = bool(alert.reminder) and sent.get(alert.route_id, 0) > alert.pk
    return "it was reported meanwhile" if is_late else ""


def _stale_closing(incident: Incident, sent: Mapping[int | None, int]) -> str:
    if incident.state == IncidentState.OPEN:
        return "the incident is open again"
    return "" if sent else "nothing was reported of the incident"


def _sent(due: Sequence[QueuedAlert], incidents: Iterable[Incident]) -> dict[int, dict[int | None, int]]:
    """What was sent of the incidents to the channel of these alerts."""
    sent = QueuedAlert.objects.filter(state=QueuedAlertState.SENT, channel__in={alert.channel_id for alert in due})
    newest = sent.filter(event__incident__in=list(incidents)).order_by().values_list("event__incident", "route")
    found: dict[int, dict[int | None, int]] = {}
    for incident, route, key in newest.annotate(Max("pk")):
        found.setdefault(incident, {})[route] = key
    return found
