"""Whose turn it is to write: one writer at a time, and never too soon after the last."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from ingest.sqlite import one_at_a_time
from monitoring.alerting.cloud_monitoring import continuity
from monitoring.alerting.cloud_monitoring.client import Destination
from monitoring.metrics.keep_series import begin_anew
from monitoring.models import HOUR, MetricDelivery
from monitoring.queue.leases import Lease, LeaseColumns

LEASE = timedelta(seconds=60)
"""Renewed every few seconds while the calls are made."""
FUTURE = timedelta(minutes=5)
"""Cloud Monitoring takes no point further ahead: such an end time comes from a clock that was wrong."""
LONGEST_WAIT = timedelta(minutes=15)
"""After writes that were forbidden: a person has to change something."""
COLUMNS = LeaseColumns(holder="writer", until="writing_until")


UNSTABLE = (
    "the series began anew less than an hour ago and would again: give all workers the same NANWATCH_DATA_DIR, and "
    "this database to no other installation"
)


class SeriesUnstableError(Exception):
    """Nothing may be written, since the series could fall, or have two writers; the sentence is for a person."""


@dataclass(frozen=True)
class Turn:
    """One round of writing: its lease, and the end time reserved for its points. `delivery` is as it was before."""

    delivery: MetricDelivery
    lease: Lease[MetricDelivery]
    end_time: datetime

    def renew(self) -> bool:
        """False when the lease ran out and another writer took over: then nothing more may be sent."""
        return self.lease.renew(LEASE)

    def keep_true(self) -> MetricDelivery:
        """Lets the series go on or begin anew, and remembers this write; how the delivery is from then on.

        Raises SeriesUnstableError, and then nothing may be sent.
        """
        try:
            return self._keep_true()
        except OSError as error:
            reason = (
                f"a write is not remembered in the data directory ({error.strerror}); make it readable and writable"
            )
            raise SeriesUnstableError(reason) from error

    def _keep_true(self) -> MetricDelivery:
        anew = continuity.changes(self.delivery, self.delivery.last_end_time, self.end_time)
        since = self.delivery.series_since
        if anew is not None and since is not None and self.end_time - since < HOUR:
            raise SeriesUnstableError(UNSTABLE)
        token, memory = continuity.next_token()
        with one_at_a_time(), transaction.atomic():
            if anew is not None:
                begin_anew(self.end_time)
            is_mine = self.lease.renew(LEASE, memory=memory, **(anew or {}))
        if is_mine:
            continuity.remember(token)
        return MetricDelivery.objects.get(pk=self.delivery.pk)

    def descriptors_created(self, digest: str) -> None:
        self.lease.renew(LEASE, descriptors_digest=digest)

    def succeeded(self) -> None:
        self._end(last_success_at=timezone.now(), unwritten=[])

    def failed(self, reason: str, **changes: Any) -> None:
        self._end(last_error=reason[:500], last_error_at=timezone.now(), **changes)

    def forbidden(self, reason: str, **changes: Any) -> None:
        """The next write waits, twice as long each time: asking again every minute helps nobody."""
        pause = timedelta(seconds=settings.NANWATCH_MONITORING_INTERVAL) * 2 ** min(self.delivery.refusals, 10)
        not_before = self.end_time + min(pause, LONGEST_WAIT)
        self.failed(reason, refusals=self.delivery.refusals + 1, not_before=not_before, **changes)

    def _end(self, **changes: Any) -> None:
        self.lease.end(**{"refusals": 0, "not_before": None, **changes})


def take_turn(destination: Destination, end_time: datetime | None) -> Turn | None:
    """The turn to write points that end at `end_time`; None while another writes, or when it is too soon.

    By default they end now, by the database's clock: it is one for all writers, however wrong their own are.
    """
    delivery, _ = MetricDelivery.objects.get_or_create(destination=destination.key)
    row = MetricDelivery.objects.filter(pk=delivery.pk)
    end_time = end_time or row.values_list(Now(), flat=True).get()
    lease = Lease(row, COLUMNS, token=secrets.token_hex(16))
    in_order = (
        Q(last_end_time=None)
        | Q(last_end_time__lte=end_time - destination.minimum_distance)
        | Q(last_end_time__gt=end_time + FUTURE)
    )
    waited = Q(not_before=None) | Q(not_before__lte=end_time)
    is_mine = lease.take(LEASE, in_order, waited, last_end_time=end_time)
    return Turn(delivery, lease, end_time) if is_mine else None
