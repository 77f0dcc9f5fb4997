"""The stand-in as a running server: alone for tests, with its page and its clock for people."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from monitoring.google_stand_in.alerts import evaluate
from monitoring.google_stand_in.channel_service import CHANNEL_SERVICE
from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.google_stand_in.dashboard_service import DASHBOARD_SERVICE
from monitoring.google_stand_in.grpc_server import serving
from monitoring.google_stand_in.metric_service import METRIC_SERVICE
from monitoring.google_stand_in.page import page_served
from monitoring.google_stand_in.policy_service import POLICY_SERVICE
from monitoring.google_stand_in.snooze_service import SNOOZE_SERVICE
from monitoring.google_stand_in.webhooks import posting

SERVICES = {
    "google.monitoring.v3.MetricService": METRIC_SERVICE,
    "google.monitoring.v3.AlertPolicyService": POLICY_SERVICE,
    "google.monitoring.v3.NotificationChannelService": CHANNEL_SERVICE,
    "google.monitoring.dashboard.v1.DashboardsService": DASHBOARD_SERVICE,
    "google.monitoring.v3.SnoozeService": SNOOZE_SERVICE,
}
METHODS = {method for service in SERVICES.values() for method in service}
EVALUATED_EVERY = 10.0  # seconds: an absence brings no points that would make it seen


@contextmanager
def cloud_stand_in(port: int = 0) -> Iterator[CloudStandIn]:
    """A running server; its `endpoint` is `host:port`. Raises PortTakenError."""
    cloud = CloudStandIn()
    with serving(cloud, SERVICES, port) as cloud.endpoint, posting(cloud):
        yield cloud


@contextmanager
def cloud_stand_in_with_page(port: int) -> Iterator[CloudStandIn]:
    """The same with its page on the next port, evaluated as time goes by."""
    over = Event()
    with cloud_stand_in(port) as cloud, page_served(cloud, port + 1):
        Thread(target=_evaluate_until, args=(cloud, over), name="evaluation", daemon=True).start()
        try:
            yield cloud
        finally:
            over.set()


def _evaluate_until(cloud: CloudStandIn, over: Event) -> None:
    while not over.wait(EVALUATED_EVERY):
        evaluate(cloud)
