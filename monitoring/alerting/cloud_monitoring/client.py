"""Where the metrics go, and the client that sends them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import grpc
from django.conf import settings
from google.api_core.client_options import ClientOptions
from google.cloud.monitoring_v3 import MetricServiceClient

TIMEOUT = 10.0  # seconds a call

C = TypeVar("C")


@dataclass(frozen=True)
class Destination:
    """A Cloud Monitoring project; `endpoint` is empty for Google's own, else `host:port` of an emulator."""

    project: str
    endpoint: str

    @property
    def name(self) -> str:
        """The project's resource name."""
        return f"projects/{self.project}"

    @property
    def minimum_distance(self) -> timedelta:
        """Points of one series that are closer are refused: below 5 s by the rules, and at 5.5 s as users saw."""
        return timedelta(seconds=5 if self.endpoint else 10)

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
    )


@contextmanager
def cloud_client(destination: Destination, service: Callable[..., C]) -> Iterator[C]:
    """A client of a service for one round of calls, closed afterwards: a channel must not outlive a worker's fork.

    Raises google.auth.exceptions.GoogleAuthError when Google is the destination and no credentials are found.
    """
    client: Any = _plaintext(destination.endpoint, service) if destination.endpoint else service()
    with client:
        yield client


def metric_client(destination: Destination) -> AbstractContextManager[MetricServiceClient]:
    """A client that writes time series."""
    return cloud_client(destination, MetricServiceClient)


def _plaintext(endpoint: str, service: Any) -> Any:
    # api_endpoint alone would still ask for credentials: an emulator needs its own transport
    transport = service.get_transport_class("grpc")(host=endpoint, channel=grpc.insecure_channel(endpoint))
    return service(transport=transport, client_options=ClientOptions(api_endpoint=endpoint))
