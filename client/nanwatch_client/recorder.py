"""What `log` does: counts everything, keeps what failed and a sample of the rest. No input or output happens here."""

import random
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nanwatch_client.backlog import Backlog, GroupKey
from nanwatch_client.configuration import Configuration
from nanwatch_client.finiteness import finite_rows
from nanwatch_client.ledger import Counts, Ledger
from nanwatch_client.request_scope import current
from nanwatch_client.rows import Row, Rows, ids_of, rows_of
from nanwatch_client.sampling import Sampler

FAILING_A_MINUTE = 1000  # rows of one model version that are kept; the others are counted
MOST_STREAMS = 1000  # versions; a name made of a request's data must not fill the memory
MINUTE = 60.0
FAILING_WAIT, HEALTHY_WAIT = 1.0, 5.0  # seconds in which rows gather to a batch


@dataclass(frozen=True)
class Taken:
    """What goes into one batch: rows (perhaps none) of one group, and counts of the predictions besides."""

    key: GroupKey
    rows: list[Row]
    counts: Counts
    at: float


class Stream:
    """What is known of one model version."""

    __slots__ = ("failing_kept", "ledger", "minute", "quiet_until", "sampler")

    def __init__(self, sampler: Sampler) -> None:
        self.sampler, self.ledger = sampler, Ledger()
        self.minute, self.failing_kept = 0.0, 0
        self.quiet_until = 0.0  # no counts are sent alone before

    def allowed(self, failing: int, now: float) -> int:
        """How many of so many failing rows are kept in this minute."""
        if now // MINUTE != self.minute:
            self.minute, self.failing_kept = now // MINUTE, 0
        kept = min(failing, FAILING_A_MINUTE - self.failing_kept)
        self.failing_kept += kept
        return kept


class Recorder:
    """The lock is held for microseconds, and may be taken again by a signal handler that predicts."""

    def __init__(self, configuration: Configuration) -> None:
        self._rate = configuration.sample_rate
        self._batch_bytes = configuration.batch_bytes
        self._lock = threading.RLock()
        self._random = random.Random()  # noqa: S311 - a sample, not a secret
        self._streams: dict[tuple[str, str], Stream] = {}
        self.backlog = Backlog(configuration.queued_bytes)
        self.dropped = 0

    def pass_over(self, inputs: Any, outputs: Any, model: str, version: str, batched: bool) -> bool:
        """Counts a prediction that is finite at a glance and not in the sample; False: it needs `keep`."""
        rows = finite_rows(inputs, batched)
        if not rows or (outputs is not None and not finite_rows(outputs, batched)):
            return False
        stream = self._streams.get((model, version))
        if stream is None:
            return False
        with self._lock:
            sampler = stream.sampler
            if rows >= sampler.gap:
                return False
            sampler.gap -= rows
            stream.ledger.open.predictions += rows
        return True

    def keep(
        self, inputs: Any, outputs: Any, model: str, version: str, given_id: object, batched: bool, raised: str = ""
    ) -> None:
        """Counts rows and queues those that failed or are in the sample; raises UnusableError for what is none."""
        rows = rows_of(inputs, outputs, batched)
        key = GroupKey(str(model), str(version), rows.layout, raised)
        request = current.get()
        ids = ids_of(request.id if given_id is None and request is not None else given_id, rows.length)
        now = time.time()
        with self._lock:
            stream = self._stream(key)
            failing, sampled = _chosen(stream, rows, bool(raised), now)
            counts = stream.ledger.open
            counts.predictions += rows.length - len(failing) - len(sampled)
            bad = set(rows.failing)
            counts.nonfinite += len(bad) - len(bad.intersection(failing))
            for position in failing + sampled:
                self._put(key, Row(rows.cells(position), now, position in bad, ids[position], request))

    def _put(self, key: GroupKey, row: Row) -> None:
        if row.size > self._batch_bytes:
            self._drop(key, [row])
            return
        for dropped_key, dropped in self.backlog.put(key, row):
            self._drop(dropped_key, [dropped])

    def take(self, now: float, everything: bool) -> Taken | None:
        """The next batch that is due; with `everything`, whatever is left."""
        with self._lock:
            for stream in self._streams.values():
                stream.ledger.turn(now)
            key = self.backlog.due(*((now, now) if everything else (now - FAILING_WAIT, now - HEALTHY_WAIT)))
            if key is not None:
                rows = self.backlog.take(key, self._batch_bytes)
                at = min(row.at for row in rows)
                return Taken(key, rows, self._stream(key).ledger.take(at), at)
            return self._counts_alone(now, now if everything else now - MINUTE)

    def give_up(self, taken: Taken, refused: bool = False) -> None:
        """What was taken is not sent: its rows become dropped predictions, its counts are kept.

        The service may refuse a version that it does not know: its counts then wait for a minute or for rows.
        """
        with self._lock:
            stream = self._stream(taken.key)
            self._drop(taken.key, taken.rows)
            stream.ledger.open.add(taken.counts)
            if refused:
                stream.quiet_until = time.time() + MINUTE

    def _counts_alone(self, now: float, before: float) -> Taken | None:
        for (model, version), stream in self._streams.items():
            counts = stream.ledger.oldest()
            if counts is not None and counts.since <= before and stream.quiet_until <= now:
                return Taken(GroupKey(model, version, ()), [], stream.ledger.take(counts.since), counts.since)
        return None

    def _stream(self, key: GroupKey) -> Stream:
        name = (key.model, key.version)
        stream = self._streams.get(name)
        if stream is None:
            if len(self._streams) >= MOST_STREAMS:
                raise ValueError(f"more than {MOST_STREAMS} model versions are logged; are their names constants?")
            stream = self._streams[name] = Stream(Sampler(self._rate, self._random))
        return stream

    def _drop(self, key: GroupKey, rows: Iterable[Row]) -> None:
        counts = self._stream(key).ledger.open
        for row in rows:
            counts.predictions += 1
            counts.nonfinite += row.failing
            counts.dropped += 1
            self.dropped += 1


def _chosen(stream: Stream, rows: Rows, raised: bool, now: float) -> tuple[list[int], list[int]]:
    """Positions of the failing rows that this minute allows, and of the healthy ones in the sample."""
    if raised:
        return list(range(stream.allowed(rows.length, now))), []
    failing = rows.failing
    sampled = rows.healthy(stream.sampler.choose(rows.length - len(failing)))
    return failing[: stream.allowed(len(failing), now)] if failing else failing, sampled
