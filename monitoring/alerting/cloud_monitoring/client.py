"""Where the metrics go, and the client that sends them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import grpc
from django.conf import settings
from google.api_core.client_options import ClientOptions
from google.cloud.monitoring_v3 import MetricServiceClient
from google.cloud.monitoring_v3.services.metric_service.transports import MetricServiceGrpcTransport


@dataclass(frozen=True)
class Destination:
    """A Cloud Monitoring project; `endpoint` is empty for Google's own, else `host:port` of an emulator."""

    project: str
    endpoint: str
    instance: str

    @property
    def name(self) -> str:
        """The project's resource name."""
        return f"projects/{self.project}"

    @property
    def key(self) -> str:
        """What stands for the destination in the database."""
        return f"{self.name}@{self.endpoint or MetricServiceClient.DEFAULT_ENDPOINT}"


def configured_destination() -> Destination | None:
    """The destination that the settings name; None when nothing is to be pushed."""
    if not settings.NANWATCH_GCP_PROJECT:
        return None
    return Destination(
        project=settings.NANWATCH_GCP_PROJECT,
        endpoint=settings.NANWATCH_MONITORING_ENDPOINT,
        instance=urlsplit(settings.NANWATCH_BASE_URL).netloc,
    )


@contextmanager
def metric_client(destination: Destination) -> Iterator[MetricServiceClient]:
    """A client for one round of calls, closed afterwards: a channel must not outlive a worker's fork.

    Raises google.auth.exceptions.GoogleAuthError when Google is the destination and no credentials are found.
    """
    client = _plaintext(destination.endpoint) if destination.endpoint else MetricServiceClient()
    with client:
        yield client


def _plaintext(endpoint: str) -> MetricServiceClient:
    # api_endpoint alone would still ask for credentials: an emulator needs its own transport
    transport = MetricServiceGrpcTransport(host=endpoint, channel=grpc.insecure_channel(endpoint))
    return MetricServiceClient(transport=transport, client_options=ClientOptions(api_endpoint=endpoint))
