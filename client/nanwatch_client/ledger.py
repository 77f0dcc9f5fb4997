"""Exact counts of the predictions of which no row waits in the queue, by the hour in which they were served.

A queued row counts itself when it is sent, so that the predictions of a batch are never fewer than its rows.
"""

import time
from dataclasses import dataclass, field

HOUR = 3600
MOST_HOURS = 48  # with a service that is away for longer, the oldest hours become one


@dataclass
class Counts:
    """`since` in seconds since 1970; `dropped` rows were to be sent and were not."""

    predictions: int = 0
    nonfinite: int = 0
    dropped: int = 0
    since: float = field(default_factory=time.time)

    def add(self, other: "Counts") -> None:
        """Takes over what the other has counted."""
        self.predictions += other.predictions
        self.nonfinite += other.nonfinite
        self.dropped += other.dropped
        self.since = min(self.since, other.since)


class Ledger:
    """`open` counts what is served now; earlier hours wait until a batch takes them along."""

    __slots__ = ("_earlier", "open")

    def __init__(self) -> None:
        self.open = Counts()
        self._earlier: list[Counts] = []

    def turn(self, now: float) -> None:
        """Closes the open hour when it is over."""
        if self.open.since // HOUR != now // HOUR:
            if self.open.predictions:
                self._earlier.append(self.open)
            self.open = Counts(since=now)
        if len(self._earlier) > MOST_HOURS:
            self._earlier[1].add(self._earlier.pop(0))

    def take(self, at: float) -> Counts:
        """What was counted in the hour of `at`, which is not counted here any more."""
        for index, counts in enumerate(self._earlier):
            if counts.since // HOUR == at // HOUR:
                return self._earlier.pop(index)
        if self.open.since // HOUR != at // HOUR:
            return Counts(since=at)
        taken, self.open = self.open, Counts()
        return taken

    def oldest(self) -> Counts | None:
        """What has waited longest, or None when nothing was counted."""
        if self._earlier:
            return self._earlier[0]
        return self.open if self.open.predictions else None
