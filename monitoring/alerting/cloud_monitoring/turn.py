"""Whose turn it is to write: one writer at a time, and never too soon after the last."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from monitoring.models import MetricDelivery
from monitoring.queue.leases import Lease, LeaseColumns

MINIMUM_DISTANCE = timedelta(seconds=5)
"""Cloud Monitoring refuses points of one series that are closer than this."""
LEASE = timedelta(seconds=60)
"""Longer than one call with its retry: a lease renewed before each call cannot run out in it."""
FUTURE = timedelta(minutes=5)
"""Cloud Monitoring takes no point further ahead: such an end time comes from a clock that was wrong."""
COLUMNS = LeaseColumns(holder="writer", until="writing_until")


@dataclass(frozen=True)
class Turn:
    """One round of writing: its lease, and the end time reserved for its points."""

    delivery: MetricDelivery
    lease: Lease[MetricDelivery]
    end_time: datetime

    def renew(self) -> bool:
        """False when the lease ran out and another writer took over: then nothing more may be sent."""
        return self.lease.renew(LEASE)

    def descriptors_created(self, digest: str) -> None:
        self.lease.renew(LEASE, descriptors_digest=digest)

    def succeeded(self) -> None:
        self.lease.end(last_success_at=timezone.now())

    def failed(self, reason: str) -> None:
        """Descriptors are made sure of again next time: what is missing there may be the failure."""
        self.lease.end(last_error=reason[:500], last_error_at=timezone.now(), descriptors_digest="")


def take_turn(destination: str, end_time: datetime) -> Turn | None:
    """The turn to write points that end at `end_time`; None while another writes, or when it is too soon."""
    delivery, _ = MetricDelivery.objects.get_or_create(destination=destination)
    lease = Lease(MetricDelivery.objects.filter(pk=delivery.pk), COLUMNS, token=secrets.token_hex(16))
    in_order = (
        Q(last_end_time=None)
        | Q(last_end_time__lte=end_time - MINIMUM_DISTANCE)
        | Q(last_end_time__gt=end_time + FUTURE)
    )
    return Turn(delivery, lease, end_time) if lease.take(LEASE, in_order, last_end_time=end_time) else None
