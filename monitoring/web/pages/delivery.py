"""How the deliveries to Cloud Monitoring go, as the database has it: this process never calls Google."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from monitoring.models import MetricDelivery

PATIENCE = 3  # rounds without a success, before the writer itself is in doubt
LEAST_PATIENCE = timedelta(minutes=5)

State = Literal["off", "waiting", "delivered", "late", "failing"]


@dataclass(frozen=True)
class DeliveryStatus:
    """The last outcomes of writing to `project`; `error` is the sentence that the writer left behind."""

    state: State
    project: str = ""
    success_at: datetime | None = None
    error_at: datetime | None = None
    error: str = ""


def delivery() -> DeliveryStatus:
    """What is known of the destination that the settings name."""
    project = settings.NANWATCH_GCP_PROJECT
    if not project:
        return DeliveryStatus("off")
    destination = f"projects/{project}@{settings.NANWATCH_MONITORING_ENDPOINT}"  # without one, Google's own follows
    known = MetricDelivery.objects.filter(destination__startswith=destination)
    last = known.order_by(F("last_end_time").desc(nulls_last=True)).first()
    if last is None:
        return DeliveryStatus("waiting", project)
    return DeliveryStatus(_state(last), project, last.last_success_at, last.last_error_at, last.last_error)


def _state(last: MetricDelivery) -> State:
    success, error = last.last_success_at, last.last_error_at
    if error and (success is None or error > success):
        return "failing"
    if success is None:
        return "waiting"
    patience = max(LEAST_PATIENCE, PATIENCE * timedelta(seconds=settings.NANWATCH_MONITORING_INTERVAL))
    return "delivered" if timezone.now() - success <= patience else "late"
