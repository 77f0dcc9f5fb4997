"""Where the metrics go, the client that sends them, and what became of each call."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc
from django.conf import settings
from google.api_core.client_options import ClientOptions
from google.api_core.exceptions import DeadlineExceeded, GoogleAPICallError, InvalidArgument, ServiceUnavailable
from google.cloud.monitoring_v3 import MetricServiceClient
from google.cloud.monitoring_v3.types import CreateTimeSeriesRequest, CreateTimeSeriesSummary

TIMEOUT = 10.0  # seconds a call
PAUSE = 1.0  # seconds before the one retry: a channel that just broke needs a moment

C = TypeVar("C")

_OUT_OF_ORDER = ("older end time", "older start time", "written in order", "more frequently")


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


@dataclass(frozen=True)
class CallOutcome:
    """Points of one call: how many stand in Cloud Monitoring, and why the others do not."""

    delivered: int
    refused: int = 0
    reason: str = ""


def send(client: MetricServiceClient, project_name: str, series: Sequence[Any]) -> CallOutcome:
    """Writes at most 200 series. Raises GoogleAPICallError when the service is out of reach or forbids it.

    Points that were refused are not sent again: the counters are cumulative, the next write holds them.
    """
    request = CreateTimeSeriesRequest.wrap(CreateTimeSeriesRequest.pb()(name=project_name, time_series=series))
    try:
        return _call(client, request, lost_answer=False)
    except (ServiceUnavailable, DeadlineExceeded):
        time.sleep(PAUSE)
        return _call(client, request, lost_answer=True)


def _call(client: MetricServiceClient, request: CreateTimeSeriesRequest, *, lost_answer: bool) -> CallOutcome:
    try:
        client.create_time_series(request, timeout=TIMEOUT)
    except InvalidArgument as error:
        return _partly(error, len(request.time_series), lost_answer=lost_answer)
    return CallOutcome(len(request.time_series))


def _partly(error: InvalidArgument, total: int, *, lost_answer: bool) -> CallOutcome:
    """After a lost answer a point that "is older than the newest" is one that had arrived the first time."""
    summary = _summary(error)
    if summary is None:
        arrived = lost_answer and _out_of_order(error.message)
        return CallOutcome(total) if arrived else CallOutcome(0, total, error.message)
    refusals = [(each.status.message or error.message, each.point_count) for each in summary.errors]
    refused = [(text, count) for text, count in refusals if not (lost_answer and _out_of_order(text))]
    points = sum(count for _, count in refused)
    return CallOutcome(total - points, points, "; ".join(text for text, _ in refused))


def _summary(error: GoogleAPICallError) -> CreateTimeSeriesSummary | None:
    kind = CreateTimeSeriesSummary.pb()
    for detail in error.details:
        if hasattr(detail, "Is") and detail.Is(kind.DESCRIPTOR):
            summary: CreateTimeSeriesSummary = CreateTimeSeriesSummary.deserialize(detail.value)
            return summary
    return None


def _out_of_order(message: str) -> bool:
    return any(sign in message for sign in _OUT_OF_ORDER)
