"""All calls of one write: up to four at a time, and one that fails stops no other."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event

from google.api_core.exceptions import Forbidden, GoogleAPICallError, Unauthorized
from google.auth.exceptions import GoogleAuthError
from google.cloud.monitoring_v3 import MetricServiceClient

from monitoring.alerting.cloud_monitoring.order import Placed, Ranges, left_over
from monitoring.alerting.cloud_monitoring.send import CallOutcome, send
from monitoring.alerting.cloud_monitoring.time_series import RawSeries, batches

AT_ONCE = 4  # calls; Google advises few, and counts calls against a quota
LONGEST = 60.0  # seconds after which no further call begins: what is left comes first in the next write

Part = Sequence[Placed[RawSeries]]


@dataclass(frozen=True)
class RoundOutcome:
    """What became of the calls; `unwritten`: what the next write begins with. `is_forbidden`: trying on is in vain."""

    outcomes: Sequence[CallOutcome]
    unwritten: Ranges = field(default_factory=list)
    is_forbidden: bool = False


def send_all(client: MetricServiceClient, project_name: str, series: Part, over: Event) -> RoundOutcome:
    """Nothing is sent any more once `over` is set, which a call that is forbidden does as well.

    Raises google.auth.exceptions.GoogleAuthError where no credentials can be had.
    """
    parts = list(batches(series))
    forbidden, deadline = Event(), time.monotonic() + LONGEST

    def deliver(part: Part) -> CallOutcome:
        if over.is_set() or time.monotonic() > deadline:
            return CallOutcome(reason="there was no time left", is_taken=False)
        try:
            return send(client, project_name, [one.value for one in part])
        except (Unauthorized, Forbidden) as error:
            forbidden.set()
            over.set()
            return _failed(error)
        except GoogleAPICallError as error:
            return _failed(error)
        except GoogleAuthError:
            over.set()
            raise

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="metrics") as calls:
        outcomes = list(calls.map(deliver, parts))
    unsent = [one for part, outcome in zip(parts, outcomes, strict=True) if not outcome.is_taken for one in part]
    return RoundOutcome(outcomes, left_over(unsent), forbidden.is_set())


def _failed(error: GoogleAPICallError) -> CallOutcome:
    return CallOutcome(reason=f"{type(error).__name__}, {error.message}", is_taken=False)
