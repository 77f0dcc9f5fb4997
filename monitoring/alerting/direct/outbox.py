"""What waits to be sent: one row for each event of an incident and each route of its project.

A message of the broker says so at once, where the channel may send; where it is lost, the schedule is a moment later.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from monitoring.alerting.direct.message import IncidentChange
from monitoring.models import (
    AlertChannel,
    AlertRoute,
    IncidentEvent,
    IncidentState,
    QueuedAlert,
    QueuedAlertState,
)
from monitoring.queue.hints import send_hint
from monitoring.queue.leases import past

APART = timedelta(minutes=1)
"""Between two messages to one channel."""

Kind = IncidentEvent.Kind
CHANGES: dict[str, IncidentChange] = {
    Kind.OPENED: IncidentChange.OPENED,
    Kind.REOPENED: IncidentChange.RETURNED,
    Kind.WITHDRAWN: IncidentChange.RETURNED,
    Kind.WORSENED: IncidentChange.WORSENED,
    Kind.MUTED: IncidentChange.STILL_OPEN,  # held back until the mute is over
    **dict.fromkeys(IncidentEvent.CLOSING, IncidentChange.CLOSED),
}
"""What is reported of an event; others are in the history only."""


def queue_event(event: IncidentEvent) -> None:
    """To be called inside the transaction of the event.

    Severity, cause and mutes are asked when it is sent: a new incident gets its severity a moment after its event.
    """
    if event.kind not in CHANGES:
        return
    of_model = Q(model=None) | Q(model_id=event.incident.model_id)
    routes = list(AlertRoute.objects.filter(of_model, channel__project_id=event.incident.project_id))
    QueuedAlert.objects.bulk_create(
        [QueuedAlert(channel_id=route.channel_id, route=route, event=event) for route in routes]
    )
    _hint({route.channel_id for route in routes})


def queue_test(channel: AlertChannel) -> QueuedAlert:
    """A message of nothing, on the way that all others take."""
    queued = QueuedAlert.objects.create(channel=channel)
    _hint({channel.pk})
    return queued


def is_rested() -> Q:
    """Whether a channel may send again."""
    return Q(last_success_at=None) | Q(last_success_at__lte=Now() - APART)


def hint_arrived(channel_id: int) -> None:
    """The message about a channel reached a worker: the next event may send another."""
    AlertChannel.objects.filter(pk=channel_id).update(hinted_until=None)


def remind_later(sent: Iterable[QueuedAlert]) -> None:
    """Queues the next message about incidents that were reported as open, where their route wants one."""
    QueuedAlert.objects.bulk_create(
        QueuedAlert(
            channel_id=alert.channel_id,
            route=alert.route,
            event=alert.event,
            reminder=alert.reminder + 1,
            due_at=Now() + timedelta(hours=alert.route.remind_hours),
        )
        for alert in sent
        if alert.event is not None
        and alert.route is not None
        and alert.route.remind_hours is not None
        and CHANGES[alert.event.kind] is not IncidentChange.CLOSED
    )


def delete_settled() -> int:
    """Deletes what was sent, skipped or given up before the retention; returns how many.

    What was sent of an incident decides whether its end is reported: it stays until that has happened.
    """
    old = QueuedAlert.objects.filter(settled_at__lt=Now() - timedelta(days=settings.NANWATCH_RETENTION_DAYS))
    waiting = QueuedAlert.objects.filter(state=QueuedAlertState.WAITING, event__incident=OuterRef("event__incident"))
    deleted, _ = old.exclude(event__incident__state=IncidentState.OPEN).exclude(Exists(waiting)).delete()
    return deleted


def _hint(channels: set[int]) -> None:
    """Once the transaction is committed. Channels that have to rest are left to the schedule."""
    for one in sorted(channels):
        transaction.on_commit(partial(_hint_now, one), robust=True)


def _hint_now(channel_id: int) -> None:
    channel = AlertChannel.objects.filter(pk=channel_id)
    if channel.filter(past("hinted_until"), is_rested()).exists():  # a read first: an UPDATE waits for SQLite's lock
        send_hint(channel, "monitoring.tasks.send_channel_alerts", channel_id)
