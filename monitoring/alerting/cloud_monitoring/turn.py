"""Whose turn it is to write: one writer at a time, and never too soon after the last."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from monitoring.models import MetricDelivery

MINIMUM_DISTANCE = timedelta(seconds=5)
"""Cloud Monitoring refuses points of one series that are closer than this."""
LEASE = timedelta(seconds=60)
"""Longer than one call with its retry: a lease renewed before each call cannot run out in it."""
FUTURE = timedelta(minutes=5)
"""Cloud Monitoring takes no point further ahead: such an end time comes from a clock that was wrong."""


@dataclass(frozen=True)
class Turn:
    """The lease of one round of writing, and the end time reserved for its points."""

    delivery: MetricDelivery
    token: str
    end_time: datetime

    def renew(self) -> bool:
        """False when the lease ran out and another writer took over: then nothing more may be sent."""
        return self._mine(writing_until__gt=Now()).update(writing_until=Now() + LEASE) == 1

    def descriptors_created(self, digest: str) -> None:
        self._mine().update(descriptors_digest=digest)

    def succeeded(self) -> None:
        self._mine().update(last_success_at=timezone.now(), writer="", writing_until=None)

    def failed(self, reason: str) -> None:
        """Descriptors are made sure of again next time: what is missing there may be the failure."""
        self._mine().update(
            last_error=reason[:500],
            last_error_at=timezone.now(),
            descriptors_digest="",
            writer="",
            writing_until=None,
        )

    def _mine(self, **conditions: object) -> QuerySet[MetricDelivery]:
        return MetricDelivery.objects.filter(pk=self.delivery.pk, writer=self.token, **conditions)


def take_turn(destination: str, end_time: datetime) -> Turn | None:
    """The turn to write points that end at `end_time`; None while another writes, or when it is too soon."""
    delivery, _ = MetricDelivery.objects.get_or_create(destination=destination)
    token = secrets.token_hex(16)
    taken = (
        MetricDelivery.objects.filter(pk=delivery.pk)
        .filter(Q(writing_until=None) | Q(writing_until__lte=Now()))
        .filter(
            Q(last_end_time=None)
            | Q(last_end_time__lte=end_time - MINIMUM_DISTANCE)
            | Q(last_end_time__gt=end_time + FUTURE)
        )
        .update(writer=token, writing_until=Now() + LEASE, last_end_time=end_time)
    )
    return Turn(delivery, token, end_time) if taken else None
