"""`manage.py fake_cloud_monitoring`: a stand-in of Google Cloud Monitoring, to see alerts without a project."""

import signal
from datetime import timedelta
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from monitoring.alerting.cloud_monitoring.channels import recipients
from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.google_stand_in.faults import order_fault
from monitoring.google_stand_in.grpc_server import PortTakenError
from monitoring.google_stand_in.server import METHODS, cloud_stand_in_with_page
from nantrace.tensors.refusals import Refusal

WRONG_CALL = 2
DEFAULT_PORT = 8090


class Command(BaseCommand):
    help = "Listens on this machine like Cloud Monitoring, as strictly as is known; its page is on the next port."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"of the gRPC services; {DEFAULT_PORT}")
        hook = "http://user:password@127.0.0.1:port/path that gets every notification, whatever the policy says"
        parser.add_argument("--webhook", metavar="URL", help=hook)
        young = "for so long after its first point or description a metric is unknown to policies"
        parser.add_argument("--young", metavar="SECONDS", type=float, default=0.0, help=young)
        fault = "METHOD=CODE[*TIMES][+stored|+partly], as CreateTimeSeries=UNAVAILABLE*2; may be repeated"
        parser.add_argument("--fault", metavar="FAULT", action="append", default=[], help=fault)

    def handle(self, *, port: int, **options: Any) -> None:
        over = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: over.set())
        try:
            with cloud_stand_in_with_page(port) as cloud:
                _set_up(cloud, options)
                self.stdout.write(
                    f"a stand-in of Cloud Monitoring, not Google, is at {cloud.endpoint}; its page: http://{cloud.page}"
                )
                over.wait()
        except (Refusal, PortTakenError) as error:
            raise CommandError(str(error), returncode=WRONG_CALL) from error


def _set_up(cloud: CloudStandIn, options: dict[str, Any]) -> None:
    """Raises Refusal naming the option that cannot be."""
    cloud.young_for = timedelta(seconds=options["young"])
    for text in options["fault"]:
        order_fault(cloud, text, METHODS)
    if options["webhook"]:
        (hook,) = recipients([], [options["webhook"]])
        cloud.always_notified = hook.channel()
