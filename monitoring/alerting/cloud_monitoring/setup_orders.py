"""Orders to set up the alerts, as the settings page gives them; Google's client is not imported for that.

The rows of the database are the queue and messages only hints: a lost message or a dead worker is a delay.
"""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from ingest.models import Project
from monitoring.models import AlertSetup, OrderState
from monitoring.queue.hints import send_hint
from monitoring.queue.leases import past


def request_setup(project: Project, emails: Sequence[str] = (), user: User | None = None) -> AlertSetup:
    """Orders it, to be hinted after commit; one of the project that still waits is returned instead."""
    order, is_new = AlertSetup.objects.get_or_create(
        project=project, state=OrderState.WAITING, defaults={"user": user, "emails": list(emails)}
    )
    if is_new:
        transaction.on_commit(lambda: _hint(order.pk))
    return order


def hint_waiting() -> None:
    """Sends again what a lost message, a dead worker or a service that was away left waiting."""
    for key in list(waiting().filter(past("claimed_until"), past("hinted_until")).values_list("pk", flat=True)):
        _hint(key)


def waiting() -> QuerySet[AlertSetup]:
    """The orders that are not answered."""
    return AlertSetup.objects.filter(state=OrderState.WAITING)


def _hint(setup_id: int) -> None:
    send_hint(waiting().filter(pk=setup_id), "monitoring.tasks.set_up_alerts", setup_id)
