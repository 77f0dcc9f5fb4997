"""Rounds over the outbox: at most one message a channel and minute, tried again for a day.

A crash between the sending and the commit sends a message twice rather than never.
"""

import logging
import secrets
import time
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from monitoring.alerting.direct import ChannelKind, NotDelivered, find_kinds
from monitoring.alerting.direct.encryption import UnreadableSettingsError, unseal
from monitoring.alerting.direct.message import AlertMessage, IncidentNotice
from monitoring.alerting.direct.notices import overview_url
from monitoring.alerting.direct.outbox import remind_later
from monitoring.alerting.direct.sorting import sort_out
from monitoring.models import AlertChannel, QueuedAlert, QueuedAlertState
from monitoring.queue.leases import Lease, LeaseColumns, repeated

LEASE = timedelta(minutes=2)  # renewed while it is sent
APART = timedelta(minutes=1)  # between two messages to one channel
ROUND = 30.0  # seconds after which no other channel is begun
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
MAX_ATTEMPTS = 30  # with these pauses: a day
COLUMNS = LeaseColumns(holder="sender", until="sending_until")
RELATED = ("route", "event__incident__model", "event__incident__project", "event__incident__last_version")

logger = logging.getLogger(__name__)


def send_due() -> None:
    """One round over all channels that have something to send, those that never failed first.

    It ends after a while: the worker has other things to do, and slow channels get the next rounds.
    """
    over = time.monotonic() + ROUND
    waiting = AlertChannel.objects.filter(Exists(_due().filter(channel=OuterRef("pk"))))
    for key in list(waiting.order_by(F("last_error_at").asc(nulls_first=True)).values_list("pk", flat=True)):
        if time.monotonic() < over:
            try:
                _send_to(key)
            except Exception:  # no secret is in it: those are in `_problem` only
                logger.exception("the alerts of channel %d were not sent", key)


def _due() -> QuerySet[QueuedAlert]:
    return QueuedAlert.objects.filter(state=QueuedAlertState.WAITING, due_at__lte=Now())


def _send_to(key: int) -> None:
    lease = Lease(AlertChannel.objects.filter(pk=key), COLUMNS, token=secrets.token_hex(16))
    is_rested = Q(last_success_at=None) | Q(last_success_at__lte=Now() - APART)
    if not lease.take(LEASE, is_rested):
        return
    channel = AlertChannel.objects.select_related("project").get(pk=key)
    with repeated(lambda: lease.renew(LEASE)):
        alerts, problem = _send_next(channel, find_kinds()[channel.kind])
    if alerts:
        _settle(lease, alerts, problem)
    else:
        lease.end()


def _send_next(channel: AlertChannel, kind: ChannelKind) -> tuple[Sequence[QueuedAlert], str]:
    """The alerts of the next message, none where nothing is to be sent, and why it did not arrive, or ""."""
    alerts, notices = _next(channel, kind.most_alerts)
    if not alerts:
        return [], ""
    message_id = f"alert-{alerts[0].pk}-{alerts[-1].pk}"
    project = channel.project
    message = AlertMessage.of(message_id, project.name, overview_url(project), notices)
    return alerts, _problem(channel, kind, message)


def _next(channel: AlertChannel, most: int) -> tuple[Sequence[QueuedAlert], Sequence[IncidentNotice]]:
    """What the next message carries and says: a test alone, else all incidents that are due."""
    due = _due().filter(channel=channel)
    if tests := list(due.filter(event=None)):
        return tests, []
    found = sort_out(list(due.select_related(*RELATED)[:most]), timezone.now())
    return found.to_send, found.notices


def _problem(channel: AlertChannel, kind: ChannelKind, message: AlertMessage) -> str:
    """Sends it; why it did not arrive, or "". Texts of unknown errors may quote an address: only their type is kept."""
    try:
        kind.send(channel, unseal(channel.sealed_settings), message)
    except NotDelivered as error:
        return str(error)
    except UnreadableSettingsError:
        return "its settings cannot be read, because the service's secret key has changed: remove it, and add it again"
    except Exception as error:  # noqa: BLE001 - a traceback in the log would quote it
        return f"sending failed with {type(error).__name__}"
    return ""


def _settle(lease: Lease[AlertChannel], alerts: Sequence[QueuedAlert], problem: str) -> None:
    """Writes down what came of it, whoever holds the lease by now: what was sent, was sent."""
    with transaction.atomic():
        if problem:
            logger.warning("alert channel %d: %s", alerts[0].channel_id, problem)
            lease.end(last_error=problem[:500], last_error_at=Now())
            for alert in alerts:
                _try_again(alert, problem)
            return
        lease.end(last_success_at=Now())
        waiting = QueuedAlert.objects.filter(pk__in=[alert.pk for alert in alerts])
        waiting.update(state=QueuedAlertState.SENT, settled_at=Now(), outcome="")
        remind_later(alerts)


def _try_again(alert: QueuedAlert, problem: str) -> None:
    """After a pause that doubles; not for ever."""
    attempts = alert.attempts + 1
    state = QueuedAlertState.GIVEN_UP if attempts >= MAX_ATTEMPTS else QueuedAlertState.WAITING
    pause = min(FIRST_PAUSE * 2 ** min(alert.attempts, 10), LONGEST_PAUSE)
    given_up = {"settled_at": Now()} if state is QueuedAlertState.GIVEN_UP else {}
    QueuedAlert.objects.filter(pk=alert.pk).update(
        state=state, attempts=attempts, due_at=Now() + pause, outcome=problem[:300], **given_up
    )
