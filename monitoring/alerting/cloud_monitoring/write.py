"""Writes the counters to Cloud Monitoring: the one task of this room."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from google.api_core.exceptions import GoogleAPICallError
from google.auth.exceptions import GoogleAuthError
from google.cloud.monitoring_v3 import MetricServiceClient

from monitoring.alerting.cloud_monitoring.client import (
    TIMEOUT,
    CallOutcome,
    Destination,
    configured_destination,
    metric_client,
    send,
)
from monitoring.alerting.cloud_monitoring.descriptors import create_descriptors, descriptors_digest
from monitoring.alerting.cloud_monitoring.time_series import RawSeries, SeriesWriter, batches
from monitoring.alerting.cloud_monitoring.turn import Turn, take_turn
from monitoring.metrics.readings import read_metrics

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class WriteReport:
    """Points of one round; `problem` is a sentence for a person, empty when all were delivered."""

    delivered: int = 0
    refused: int = 0
    problem: str = ""


def write_metrics(now: datetime | None = None) -> WriteReport | None:
    """Writes one point to each series; None when it is not configured, not this writer's turn, or too soon.

    A failure loses nothing: the counters are cumulative, and the next round writes their totals.
    """
    destination = configured_destination()
    turn = destination and take_turn(destination.key, now or timezone.now())
    if not destination or not turn:
        return None
    report = _deliver(destination, turn)
    if report.problem:
        logger.warning("Cloud Monitoring: %s", report.problem)
        turn.failed(report.problem)
    else:
        turn.succeeded()
    return report


def _deliver(destination: Destination, turn: Turn) -> WriteReport:
    outcomes: list[CallOutcome] = []
    try:
        problem = _send_all(destination, turn, outcomes)
    except GoogleAuthError as error:
        problem = _without_credentials(error)
    except GoogleAPICallError as error:
        problem = _out_of_reach(destination, error)
    return WriteReport(
        delivered=sum(outcome.delivered for outcome in outcomes),
        refused=sum(outcome.refused for outcome in outcomes),
        problem=problem,
    )


def _send_all(destination: Destination, turn: Turn, outcomes: list[CallOutcome]) -> str:
    """Appends what became of each call to `outcomes`; returns the problem to report, or ""."""
    with metric_client(destination) as client:
        problem = _make_descriptors(client, destination, turn)
        for batch in batches(_series(destination, turn)):
            if not turn.renew():
                return "this writer was too slow, another one has taken over"
            outcomes.append(send(client, destination.name, batch))
    refused = [outcome for outcome in outcomes if outcome.refused]
    if refused:
        return f"{sum(o.refused for o in refused)} points were refused: {refused[0].reason}"
    return problem


def _series(destination: Destination, turn: Turn) -> Sequence[RawSeries]:
    writer = SeriesWriter(destination, turn.delivery.installation.hex, turn.end_time)
    return list(writer.time_series(read_metrics(turn.end_time)))


def _make_descriptors(client: MetricServiceClient, destination: Destination, turn: Turn) -> str:
    """Once. Where it fails the points follow all the same: Google derives a descriptor from the first."""
    digest = descriptors_digest()
    if turn.delivery.descriptors_digest == digest:
        return ""
    try:
        create_descriptors(client, destination.name, TIMEOUT)
    except GoogleAPICallError as error:
        return f"the metric descriptors were not created: {type(error).__name__}, {error.message}"
    turn.descriptors_created(digest)
    return ""


def _without_credentials(error: GoogleAuthError) -> str:
    """The error's own text may quote a credentials file or a token: only its kind is reported."""
    return (
        f"no usable Google credentials ({type(error).__name__}). Nothing is lost; set "
        "GOOGLE_APPLICATION_CREDENTIALS or give the machine a service account that may write metrics"
    )


def _out_of_reach(destination: Destination, error: GoogleAPICallError) -> str:
    return (
        f"{destination.key} did not take the metrics: {type(error).__name__}, {error.message}. "
        "Nothing is lost, the next write holds the totals"
    )
