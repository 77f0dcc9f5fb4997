"""What `log` does: counts everything, keeps what failed and a sample of the rest. No input or output happens here."""

import random
import threading
import time
from dataclasses import dataclass
from typing import Any

from nanwatch_client.backlog import Backlog, GroupKey
from nanwatch_client.blocks import Block, blocks_of
from nanwatch_client.configuration import Configuration
from nanwatch_client.finiteness import finite_rows
from nanwatch_client.ledger import Counts, Ledger
from nanwatch_client.request_scope import current
from nanwatch_client.rows import Rows, ids_of, rows_of
from nanwatch_client.sampling import Sampler

FAILING_A_MINUTE = 1000  # rows of one model version that are kept; the others are counted
MOST_STREAMS = 1000  # versions; a name made of a request's data must not fill the memory
MINUTE = 60.0
FAILING_WAIT, HEALTHY_WAIT = 1.0, 5.0  # seconds in which rows gather to a batch


@dataclass(frozen=True)
class Taken:
    """What goes into one batch: rows (perhaps none) of one group, and counts of the predictions besides."""

    key: GroupKey
    blocks: list[Block]
    counts: Counts
    at: float

    @property
    def rows(self) -> int:
        return sum(block.rows for block in self.blocks)


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

    def log(
        self, inputs: Any, outputs: Any, model: str, version: str, given_id: object, batched: bool, raised: str = ""
    ) -> bool:
        """Counts rows, and queues those that failed or are in the sample; raises UnusableError for what is none.

        False where nothing was queued, as nearly always: then it is a matter of microseconds.
        """
        length = 0 if raised else finite_rows(inputs, batched)
        finite = bool(length and (outputs is None or finite_rows(outputs, batched)))
        stream = self._streams.get((model, version))
        if finite and stream is not None:
            with self._lock:
                if length < stream.sampler.gap:
                    stream.sampler.gap -= length
                    stream.ledger.open.predictions += length
                    return False
        rows = rows_of(inputs, outputs, batched, finite)
        self._keep(rows, GroupKey(str(model), str(version), rows.layout, raised), given_id)
        return True

    def _keep(self, rows: Rows, key: GroupKey, given_id: object) -> None:
        request = current.get()
        ids = ids_of(request.id if given_id is None and request is not None else given_id, rows.length)
        now = time.time()
        with self._lock:
            stream = self._stream(key)
            failing, healthy = _chosen(stream, rows, bool(key.raised), now)
            counts = stream.ledger.open
            counts.predictions += rows.length - len(failing) - len(healthy)
            counts.nonfinite += len(rows.failing) - len(failing)
            for chosen, bad in ((failing, True), (healthy, False)):
                for block in blocks_of(rows, chosen, ids, now, bad, request, self._batch_bytes):
                    self._put(key, block)

    def _put(self, key: GroupKey, block: Block) -> None:
        if block.size > self._batch_bytes:
            self._drop(key, block)
            return
        for dropped_key, dropped in self.backlog.put(key, block):
            self._drop(dropped_key, dropped)

    def take(self, now: float, everything: bool) -> Taken | None:
        """The next batch that is due; with `everything`, whatever is left."""
        with self._lock:
            for stream in self._streams.values():
                stream.ledger.turn(now)
            key = self.backlog.due(*((now, now) if everything else (now - FAILING_WAIT, now - HEALTHY_WAIT)))
            if key is not None:
                blocks = self.backlog.take(key, self._batch_bytes)
                at = min(block.at for block in blocks)
                return Taken(key, blocks, self._counts_beside(key, at), at)
            return self._counts_alone(now, now if everything else now - MINUTE)

    def give_up(self, taken: Taken, refused: bool = False) -> None:
        """What was taken is not sent: its rows become dropped predictions, its counts are kept.

        The service may refuse a version that it does not know: its counts then wait for a minute or for rows.
        """
        with self._lock:
            stream = self._stream(taken.key)
            for block in taken.blocks:
                self._drop(taken.key, block)
            stream.ledger.open.add(taken.counts)
            if refused:
                stream.quiet_until = time.time() + MINUTE

    def _counts_beside(self, key: GroupKey, at: float) -> Counts:
        """Of predictions for which a batch's rows stand. Rows on which the model raised are no sample of the others."""
        return Counts(since=at) if key.raised else self._stream(key).ledger.take(at)

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

    def _drop(self, key: GroupKey, block: Block) -> None:
        counts = self._stream(key).ledger.open
        counts.predictions += block.rows
        counts.nonfinite += block.nonfinite
        counts.dropped += block.rows
        self.dropped += block.rows


def _chosen(stream: Stream, rows: Rows, raised: bool, now: float) -> tuple[list[int], list[int]]:
    """Positions of the failing rows that this minute allows, and of the others that are in the sample.

    Where the model raised, all rows failed, those without a NaN or an infinity too.
    """
    failing = rows.failing
    if failing:
        failing = failing[: stream.allowed(len(failing), now)]
    if raised:
        others = rows.healthy(list(range(rows.length - len(rows.failing))))
        return failing, others[: stream.allowed(len(others), now)]
    return failing, rows.healthy(stream.sampler.choose(rows.length - len(rows.failing)))
