"""What becomes of one call to Cloud Monitoring."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from google.api_core.exceptions import (
    DeadlineExceeded,
    GoogleAPICallError,
    InvalidArgument,
    NotFound,
    ServiceUnavailable,
)
from google.cloud.monitoring_v3 import MetricServiceClient
from google.cloud.monitoring_v3.types import CreateTimeSeriesRequest, CreateTimeSeriesSummary
from google.rpc.code_pb2 import Code

from monitoring.alerting.cloud_monitoring.client import TIMEOUT

PAUSE = 1.0  # seconds before the one retry: a channel that just broke needs a moment

_CONTESTED = ("older end time", "older start time", "written in order")
_ARRIVED = (*_CONTESTED, "more frequently")


@dataclass(frozen=True)
class CallOutcome:
    """Points of one call: how many stand in Cloud Monitoring, and why the others do not.

    `is_taken`: its points were looked at; else none of them was. `is_contested`: somebody else wrote to one of its
    series. `is_unknown`: a metric has no descriptor there.
    """

    delivered: int = 0
    refused: int = 0
    reason: str = ""
    is_taken: bool = True
    is_contested: bool = False
    is_unknown: bool = False


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
    total = len(request.time_series)
    try:
        client.create_time_series(request, timeout=TIMEOUT)
    except GoogleAPICallError as error:
        return _refused(error, total, lost_answer=lost_answer)
    return CallOutcome(total)


def _refused(error: GoogleAPICallError, total: int, *, lost_answer: bool) -> CallOutcome:
    """A summary says what became of each point, under whichever status it comes."""
    summary = _summary(error)
    if summary is not None:
        return _partly(error.message, summary, total, lost_answer=lost_answer)
    if isinstance(error, NotFound):
        return CallOutcome(0, total, error.message, is_unknown=True)
    if not isinstance(error, InvalidArgument):
        raise error
    if lost_answer and _says(error.message, _ARRIVED):
        return CallOutcome(total)
    return CallOutcome(0, total, error.message, is_contested=_says(error.message, _CONTESTED))


def _partly(message: str, summary: CreateTimeSeriesSummary, total: int, *, lost_answer: bool) -> CallOutcome:
    """Its errors often have a code and no message. After a lost answer, points of which all are "older than the
    newest" are those that had arrived the first time.
    """
    errors = [(each.status.code, each.status.message, each.point_count) for each in summary.errors]
    if lost_answer and errors and all(_has_arrived(code, text) for code, text, _ in errors):
        return CallOutcome(total)
    refused = min(total, sum(count for *_, count in errors))
    reasons = dict.fromkeys(text or f"{Code.Name(code)}: {message}" for code, text, _ in errors)
    return CallOutcome(
        total - refused,
        refused,
        "; ".join(reasons),
        is_contested=not lost_answer and any(_says(text, _CONTESTED) for _, text, _ in errors),
        is_unknown=any(code == Code.NOT_FOUND for code, *_ in errors),
    )


def _has_arrived(code: int, text: str) -> bool:
    """A point of the same end time is too close to itself, which has a code of its own."""
    return _says(text, _ARRIVED) or (not text and code == Code.FAILED_PRECONDITION)


def _summary(error: GoogleAPICallError) -> CreateTimeSeriesSummary | None:
    kind = CreateTimeSeriesSummary.pb()
    for detail in error.details:
        if hasattr(detail, "Is") and detail.Is(kind.DESCRIPTOR):
            summary: CreateTimeSeriesSummary = CreateTimeSeriesSummary.deserialize(detail.value)
            return summary
    return None


def _says(message: str, signs: Sequence[str]) -> bool:
    return any(sign in message for sign in signs)
