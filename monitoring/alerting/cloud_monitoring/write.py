"""Writes the counters to Cloud Monitoring: the one task of this room."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from google.api_core.exceptions import GoogleAPICallError
from google.auth.exceptions import GoogleAuthError
from google.cloud.monitoring_v3 import MetricServiceClient

from monitoring.alerting.cloud_monitoring.client import TIMEOUT, Destination, configured_destination, metric_client
from monitoring.alerting.cloud_monitoring.continuity import CONTESTED
from monitoring.alerting.cloud_monitoring.descriptors import create_descriptors, descriptors_digest
from monitoring.alerting.cloud_monitoring.order import Placed, in_waves
from monitoring.alerting.cloud_monitoring.round import Round, RoundOutcome
from monitoring.alerting.cloud_monitoring.time_series import RawSeries, SeriesWriter
from monitoring.alerting.cloud_monitoring.turn import SeriesUnstableError, Turn, take_turn
from monitoring.metrics.keep_series import keep_series
from monitoring.metrics.readings import read_metrics
from monitoring.queue.leases import repeated

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class WriteReport:
    """Points of one round; `problem` is a sentence for a person, empty when all were delivered."""

    delivered: int = 0
    refused: int = 0
    problem: str = ""


def write_metrics(now: datetime | None = None) -> WriteReport | None:
    """Writes one point to each series; None when it is not configured, not this writer's turn, or too soon.

    The points end at `now`, by default the database's.

    A failure loses nothing: the counters are cumulative, and the next round writes their totals.
    """
    destination = configured_destination()
    turn = destination and take_turn(destination, now)
    if not destination or not turn:
        return None
    report = _deliver(destination, turn)
    if report.problem:
        logger.warning("Cloud Monitoring: %s", report.problem)
    return report


def _deliver(destination: Destination, turn: Turn) -> WriteReport:
    """One round, and what is kept of it for the next."""
    try:
        waves = _waves(destination, turn)
        with metric_client(destination) as client, _lease_kept(turn) as over:
            problem = _make_descriptors(client, destination, turn)
            sent = Round(client, destination.name, over).send_all(waves)
    except SeriesUnstableError as error:
        turn.failed(str(error))
        return WriteReport(problem=str(error))
    except GoogleAuthError as error:
        problem = _without_credentials(error)
        turn.forbidden(problem)
        return WriteReport(problem=problem)
    report = _report(destination, sent, problem)
    _keep(turn, sent, report)
    return report


def _waves(destination: Destination, turn: Turn) -> Sequence[Sequence[Placed[RawSeries]]]:
    delivery = turn.keep_true()
    keep_series(turn.end_time)
    readings = list(read_metrics(turn.end_time, delivery.series_since))
    writer = SeriesWriter(destination, delivery.installation.hex, turn.end_time)
    return [list(writer.time_series(wave)) for wave in in_waves(readings, delivery.unwritten)]


@contextmanager
def _lease_kept(turn: Turn) -> Iterator[Event]:
    """The event is set when another writer took over: this one was too slow."""
    over = Event()

    def renew() -> None:
        if not turn.renew():
            over.set()

    with repeated(renew):
        yield over


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


def _report(destination: Destination, sent: RoundOutcome, problem: str) -> WriteReport:
    delivered, refused = (sum(getattr(one, name) for one in sent.outcomes) for name in ("delivered", "refused"))
    failed = [one for one in sent.outcomes if not one.is_taken]
    if failed:
        problem = (
            f"{destination.key} did not take {len(failed)} of {len(sent.outcomes)} calls: {failed[0].reason}. "
            "Nothing is lost, the next write begins with them and holds the totals"
        )
    elif refused:
        problem = f"{refused} points were refused: {next(one.reason for one in sent.outcomes if one.refused)}"
    return WriteReport(delivered, refused, problem)


def _keep(turn: Turn, sent: RoundOutcome, report: WriteReport) -> None:
    """Descriptors are created again where one is missing; where somebody else wrote, the series begin anew."""
    changes: dict[str, object] = {"unwritten": sent.unwritten}
    if any(one.is_unknown for one in sent.outcomes):
        changes["descriptors_digest"] = ""
    if any(one.is_contested for one in sent.outcomes):
        changes["memory"] = CONTESTED
    if sent.is_forbidden:
        turn.forbidden(report.problem, **changes)
    elif report.problem:
        turn.failed(report.problem, **changes)
    else:
        turn.succeeded()


def _without_credentials(error: GoogleAuthError) -> str:
    """The error's own text may quote a credentials file or a token: only its kind is reported."""
    return (
        f"no usable Google credentials ({type(error).__name__}). Nothing is lost; set "
        "GOOGLE_APPLICATION_CREDENTIALS or give the machine a service account that may write metrics"
    )
