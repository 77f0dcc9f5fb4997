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
    """What became of the calls; `unwritten`: what the next write begins with, the longest waiting first.

    `is_forbidden`: trying on is in vain.
    """

    outcomes: Sequence[CallOutcome]
    unwritten: Sequence[Ranges] = ()
    is_forbidden: bool = False


@dataclass(frozen=True)
class Round:
    """Nothing is sent any more once `over` is set, which a call that is forbidden does as well."""

    client: MetricServiceClient
    project_name: str
    over: Event
    forbidden: Event = field(default_factory=Event)
    deadline: float = field(default_factory=lambda: time.monotonic() + LONGEST)

    def send_all(self, waves: Sequence[Part]) -> RoundOutcome:
        """Raises google.auth.exceptions.GoogleAuthError where no credentials can be had.

        The first call of a wave goes alone: what comes first must not lose the last of a quota to what comes next.
        """
        outcomes: list[CallOutcome] = []
        unwritten: list[Ranges] = []
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="metrics") as calls:
            for wave in waves:
                parts = list(batches(wave))
                found = [*map(self._deliver, parts[:1]), *calls.map(self._deliver, parts[1:])]
                unsent = [
                    one for part, outcome in zip(parts, found, strict=True) if not outcome.is_taken for one in part
                ]
                outcomes += found
                unwritten += [ranges] if (ranges := left_over(unsent)) else []
        return RoundOutcome(outcomes, unwritten, self.forbidden.is_set())

    def _deliver(self, part: Part) -> CallOutcome:
        if self.over.is_set() or time.monotonic() > self.deadline:
            return CallOutcome(reason="there was no time left", is_taken=False)
        try:
            return send(self.client, self.project_name, [one.value for one in part])
        except (Unauthorized, Forbidden) as error:
            self.forbidden.set()
            self.over.set()
            return _failed(error)
        except GoogleAPICallError as error:
            return _failed(error)
        except GoogleAuthError:
            self.over.set()
            raise


def _failed(error: GoogleAPICallError) -> CallOutcome:
    return CallOutcome(reason=f"{type(error).__name__}, {error.message}", is_taken=False)
