"""The stand-in as a running server."""

from collections.abc import Iterator
from contextlib import contextmanager

from monitoring.google_stand_in.channel_service import CHANNEL_SERVICE
from monitoring.google_stand_in.cloud import CloudStandIn
from monitoring.google_stand_in.grpc_server import serving
from monitoring.google_stand_in.metric_service import METRIC_SERVICE
from monitoring.google_stand_in.policy_service import POLICY_SERVICE

SERVICES = {
    "MetricService": METRIC_SERVICE,
    "AlertPolicyService": POLICY_SERVICE,
    "NotificationChannelService": CHANNEL_SERVICE,
}


@contextmanager
def cloud_stand_in() -> Iterator[CloudStandIn]:
    """A running server; its `endpoint` is `host:port`."""
    cloud = CloudStandIn()
    with serving(cloud, SERVICES) as cloud.endpoint:
        yield cloud
