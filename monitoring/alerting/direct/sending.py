"""Rounds over the outbox: at most one message a channel and minute, tried again for a day.

A message that may have arrived (its worker died, no answer came) is sent again as it was, under the same id: receivers
know it, and what was opened there will be closed there.
"""

import logging
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from monitoring.alerting.direct import ChannelKind, NotDelivered, find_kinds
from monitoring.alerting.direct.encryption import UnreadableSettingsError, unseal
from monitoring.alerting.direct.message import AlertMessage, IncidentNotice
from monitoring.alerting.direct.notices import overview_url
from monitoring.alerting.direct.outbox import hint_arrived, is_rested, remind_later
from monitoring.alerting.direct.sorting import notices_about, sort_out
from monitoring.models import AlertChannel, QueuedAlert, QueuedAlertState
from monitoring.queue.leases import Lease, LeaseColumns, repeated

LEASE = timedelta(minutes=2)  # renewed while it is sent
ROUND = 30.0  # seconds after which no other channel is begun
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
MAX_ATTEMPTS = 30  # with these pauses: a day
COLUMNS = LeaseColumns(holder="sender", until="sending_until")
UNREADABLE = "its settings cannot be read, because the service's secret key has changed: remove it, and add it again"
RELATED = ("route__channel", "event__incident__model", "event__incident__project", "event__incident__last_version")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outgoing:
    """A message to be sent: which alerts it carries, none where nothing is to be sent, and what it says.

    `may_have_arrived`: at an earlier attempt, of which a refusal now says nothing.
    """

    id: str = ""
    alerts: Sequence[QueuedAlert] = ()
    notices: Sequence[IncidentNotice] = ()
    may_have_arrived: bool = False


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


def send_hinted(channel_id: int) -> None:
    """A message of the broker said that a channel has something to send."""
    hint_arrived(channel_id)
    if _due().filter(channel=channel_id).exists():
        _send_to(channel_id)


def _due() -> QuerySet[QueuedAlert]:
    return QueuedAlert.objects.filter(state=QueuedAlertState.WAITING, due_at__lte=Now())


def _send_to(key: int) -> None:
    lease = Lease(AlertChannel.objects.filter(pk=key), COLUMNS, token=secrets.token_hex(16))
    if not lease.take(LEASE, is_rested()):
        return
    channel = AlertChannel.objects.select_related("project").get(pk=key)
    kind = find_kinds()[channel.kind]
    with repeated(lambda: lease.renew(LEASE)):
        outgoing = _next(channel, kind.most_alerts)
        problem = _problem(channel, kind, outgoing) if outgoing.alerts else None
    if outgoing.alerts:
        _settle(lease, outgoing, problem)
    else:
        lease.end()


def _next(channel: AlertChannel, most: int) -> Outgoing:
    """One that may have arrived, as it was; else a test alone, else all incidents that are due."""
    due = _due().filter(channel=channel)
    begun = due.exclude(message="").first()
    if begun is not None:
        return _as_it_was(channel, begun.message)
    if tests := list(due.filter(event=None)):
        return _begun(tests, [])
    found = sort_out(list(due.select_related(*RELATED)[:most]), timezone.now())
    return _begun(found.to_send, found.notices) if found.to_send else Outgoing()


def _as_it_was(channel: AlertChannel, message_id: str) -> Outgoing:
    """Whatever was decided since: it is part of what may have arrived. Facts of its incidents are as they are now."""
    waiting = channel.alerts.filter(state=QueuedAlertState.WAITING, message=message_id)
    alerts = list(waiting.select_related(*RELATED))
    notices = notices_about((one, one.event) for one in alerts if one.event is not None)
    return Outgoing(message_id, alerts, notices, may_have_arrived=True)


def _begun(alerts: Sequence[QueuedAlert], notices: Sequence[IncidentNotice]) -> Outgoing:
    """Written down before it is sent: after a crash nobody knows whether it was."""
    message_id = f"alert-{alerts[0].pk}-{alerts[-1].pk}"
    QueuedAlert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(message=message_id)
    return Outgoing(message_id, alerts, notices)


def _problem(channel: AlertChannel, kind: ChannelKind, outgoing: Outgoing) -> NotDelivered | None:
    """Sends it; why it did not arrive. Texts of unknown errors may quote an address: only their type is kept."""
    project = channel.project
    message = AlertMessage.of(outgoing.id, project.name, overview_url(project), outgoing.notices)
    try:
        kind.send(channel, unseal(channel.sealed_settings), message)
    except NotDelivered as error:
        return error
    except UnreadableSettingsError:
        return NotDelivered(UNREADABLE)
    except Exception as error:  # noqa: BLE001 - a traceback in the log would quote it
        return NotDelivered(f"sending failed with {type(error).__name__}", may_have_arrived=True)
    return None


def _settle(lease: Lease[AlertChannel], outgoing: Outgoing, problem: NotDelivered | None) -> None:
    """Writes down what came of it, whoever holds the lease by now: what was sent, was sent."""
    alerts = outgoing.alerts
    with transaction.atomic():
        if problem is not None:
            logger.warning("alert channel %d: %s", alerts[0].channel_id, problem)
            lease.end(last_error=str(problem)[:500], last_error_at=Now())
            _try_again(outgoing, problem)
            return
        lease.end(last_success_at=Now())
        waiting = QueuedAlert.objects.filter(pk__in=[alert.pk for alert in alerts])
        waiting.update(state=QueuedAlertState.SENT, settled_at=Now(), outcome="", message="")
        remind_later(alerts)


def _try_again(outgoing: Outgoing, problem: NotDelivered) -> None:
    """After a pause that doubles; not for ever. What may have arrived stays together, under its id."""
    alerts, outcome = outgoing.alerts, str(problem)[:300]
    if outgoing.may_have_arrived or problem.may_have_arrived:
        _wait(alerts, max(alert.attempts for alert in alerts), outcome=outcome)
    else:
        for before in {alert.attempts for alert in alerts}:
            _wait([one for one in alerts if one.attempts == before], before, outcome=outcome, message="")


def _wait(alerts: Sequence[QueuedAlert], before: int, **changes: Any) -> None:
    """`before`: how often it was tried until now."""
    if before + 1 >= MAX_ATTEMPTS:
        changes |= {"state": QueuedAlertState.GIVEN_UP, "settled_at": Now(), "message": ""}
    pause = min(FIRST_PAUSE * 2 ** min(before, 10), LONGEST_PAUSE)
    stored = QueuedAlert.objects.filter(pk__in=[alert.pk for alert in alerts])
    stored.update(attempts=before + 1, due_at=Now() + pause, **changes)
