"""The alerts set up by order of the settings page: what `provision_alerts` does, as a task."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone
from google.api_core.exceptions import DeadlineExceeded, GoogleAPICallError, NotFound, ServiceUnavailable
from google.auth.exceptions import GoogleAuthError

from ingest.models import Project
from monitoring.alerting.cloud_monitoring.channels import recipients
from monitoring.alerting.cloud_monitoring.client import Destination, configured_destination
from monitoring.alerting.cloud_monitoring.provision import Wish, provision
from monitoring.alerting.cloud_monitoring.report_back import issue_key, report_back
from monitoring.alerting.cloud_monitoring.setup_orders import waiting
from monitoring.models import AlertSetup, OrderState
from monitoring.queue.leases import Lease, LeaseColumns
from nantrace.tensors.refusals import Refusal

ROLES = "roles/monitoring.alertPolicyEditor, notificationChannelEditor, dashboardEditor and metricWriter"
LEASE = timedelta(minutes=5)
PATIENCE = timedelta(minutes=15)  # a new metric is unknown to policies for up to ten minutes
PASSES = (NotFound, ServiceUnavailable, DeadlineExceeded)
COLUMNS = LeaseColumns(holder="worker", until="claimed_until")


def carry_out(setup_id: int) -> None:
    """Claims a waiting order and carries it out; does nothing when another worker has it."""
    one = waiting().filter(pk=setup_id)
    order = one.select_related("project").first()
    if order is None:
        return
    lease = Lease(one, COLUMNS, token=secrets.token_hex(16))
    if lease.take(LEASE):
        lease.end(**_answer(order))


def reason(destination: Destination, error: Exception) -> str:
    """A sentence for a person. The text of an error about credentials may quote a file or a token: only its kind."""
    if isinstance(error, GoogleAPICallError):
        return f"{destination.name}: {type(error).__name__}, {error.message}; the call needs {ROLES}"
    return f"no usable Google credentials ({type(error).__name__}); they need {ROLES}"


def _answer(order: AlertSetup) -> dict[str, object]:
    """What is written into the row; an order that may still come through goes on waiting, to be hinted again."""
    destination = configured_destination()
    if destination is None:
        return _failed("NANWATCH_GCP_PROJECT is not set: there is no Cloud Monitoring project to make alerts in")
    try:
        return _done(destination, order)
    except Refusal as error:
        return _failed(str(error))
    except PASSES as error:
        why = reason(destination, error)
        is_over = timezone.now() - order.asked_at > PATIENCE
        return _failed(why) if is_over else {"failure": why[:500], "hinted_until": None}
    except (GoogleAPICallError, GoogleAuthError) as error:
        return _failed(reason(destination, error))


def _done(destination: Destination, order: AlertSetup) -> dict[str, object]:
    """Policies have one list of channels: each project that ordered once goes on getting its alerts back."""
    ordered = Project.objects.filter(alert_setups__isnull=False).distinct().order_by("pk")
    for project in ordered:
        issue_key(project)
    who = [*recipients(order.emails, []), *[report_back(project) for project in ordered]]
    done = provision(destination, Wish(settings.NANWATCH_BASE_URL, who), _say_nothing, _wait_not)
    return {"state": OrderState.DONE, "document": done.document(), "failure": "", "answered_at": Now()}


def _failed(why: str) -> dict[str, object]:
    return {"state": OrderState.FAILED, "failure": why[:500], "answered_at": Now()}


def _say_nothing(_: str) -> None:
    """Nobody listens while a task runs: the row says what it waits for."""


def _wait_not(_: float) -> None:
    """A worker does not wait for a metric that is not known yet: the order is hinted again."""
    raise NotFound("a metric is not known to policies yet, which takes up to ten minutes")  # type: ignore[no-untyped-call]
