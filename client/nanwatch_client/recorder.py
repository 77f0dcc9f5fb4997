"""Rows and counts on their way from the threads that serve to the one that sends. No input or output happens here."""

import random
import threading
import time
from dataclasses import dataclass

from nanwatch_client.backlog import Backlog, GroupKey
from nanwatch_client.blocks import Block
from nanwatch_client.configuration import Configuration
from nanwatch_client.ledger import Counts
from nanwatch_client.sampling import Sampler
from nanwatch_client.stream import MINUTE, Stream

MOST_STREAMS = 1000  # model versions; a name made of a request's data must not fill the memory
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


class Recorder:
    """The streams of a process and the rows of them that wait."""

    def __init__(self, configuration: Configuration) -> None:
        self._rate = configuration.sample_rate
        self._batch_bytes = configuration.batch_bytes
        self._lock = threading.RLock()
        self._random = random.Random()  # noqa: S311 - a sample, not a secret
        self._streams: dict[tuple[str, str], Stream] = {}
        self.backlog = Backlog(configuration.queued_bytes)
        self.dropped = 0
        self.too_large = 0  # bytes of a row that had no place, until that has been said

    def stream(self, model: str, version: str) -> Stream:
        """That of one model version, for as long as the process lives; raises ValueError where there are too many."""
        return self._streams.get((model, version)) or self._opened((str(model), str(version)))

    def _opened(self, name: tuple[str, str]) -> Stream:
        with self._lock:
            if name not in self._streams:
                if len(self._streams) >= MOST_STREAMS:
                    raise ValueError(f"more than {MOST_STREAMS} model versions are logged; are their names constants?")
                sampler = Sampler(self._rate, self._random)
                self._streams[name] = Stream(name, sampler, self._lock, self._put, self._batch_bytes)
            return self._streams[name]

    def _put(self, key: GroupKey, block: Block) -> None:
        if block.size > self._batch_bytes:
            self.too_large = block.size
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
            stream = self._of(taken.key)
            for block in taken.blocks:
                self._drop(taken.key, block)
            stream.ledger.open.add(taken.counts)
            if refused:
                stream.quiet_until = time.time() + MINUTE

    def _counts_beside(self, key: GroupKey, at: float) -> Counts:
        """Of predictions for which a batch's rows stand. Rows on which the model raised are no sample of the others."""
        return Counts(since=at) if key.raised else self._of(key).ledger.take(at)

    def _counts_alone(self, now: float, before: float) -> Taken | None:
        for (model, version), stream in self._streams.items():
            counts = stream.ledger.oldest()
            if counts is not None and counts.since <= before and stream.quiet_until <= now:
                return Taken(GroupKey(model, version, ()), [], stream.ledger.take(counts.since), counts.since)
        return None

    def _of(self, key: GroupKey) -> Stream:
        return self._streams[key.model, key.version]

    def _drop(self, key: GroupKey, block: Block) -> None:
        counts = self._of(key).ledger.open
        counts.predictions += block.rows
        counts.nonfinite += block.nonfinite
        counts.dropped += block.rows
        self.dropped += block.rows
