"""What `log` does with the rows of one model version: counts all, keeps what failed and a sample of the rest.

No input or output happens here. This runs after the model has filled the processor's caches with its own: every
function that is entered and every object that is made costs several times what it costs in a loop.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from nanwatch_client.backlog import GroupKey
from nanwatch_client.blocks import Block, blocks_of
from nanwatch_client.finiteness import finite_rows
from nanwatch_client.ledger import Ledger
from nanwatch_client.request_scope import current
from nanwatch_client.rows import Rows, ids_of, rows_of, tensor_of
from nanwatch_client.sampling import Sampler

FAILING_A_MINUTE = 1000  # rows that are kept; the others are counted
MINUTE = 60.0
_READ_AS_THEY_ARE = frozenset((np.ndarray, list, float, type(None)))


class Stream:
    """The lock is that of all streams; it is held for microseconds, and may be taken again by a signal handler."""

    __slots__ = ("_failing_kept", "_lock", "_minute", "_most", "_name", "_queue", "_sampler", "ledger", "quiet_until")

    def __init__(
        self,
        name: tuple[str, str],
        sampler: Sampler,
        lock: "threading.RLock",
        queue: Callable[[GroupKey, Block], None],
        most: int,
    ) -> None:
        """`name`: model and version; `queue` takes blocks of at most `most` bytes, or larger ones of one row."""
        self._name, self._sampler, self._lock, self._queue, self._most = name, sampler, lock, queue, most
        self.ledger = Ledger()
        self._minute, self._failing_kept = 0.0, 0
        self.quiet_until = 0.0  # no counts are sent alone before

    def log(self, inputs: Any, outputs: Any, given_id: object, batched: bool, raised: str) -> None:
        """Counts rows, and queues those that failed or are in the sample; raises UnusableError for what is none."""
        if type(inputs) not in _READ_AS_THEY_ARE:
            inputs = tensor_of(inputs, batched)  # once: tensors and frames are slow to say what they hold
        if type(outputs) not in _READ_AS_THEY_ARE:
            outputs = tensor_of(outputs, batched)
        length = 0 if raised else _finite_rows(inputs, outputs, batched)
        if length:
            with self._lock:
                if length < self._sampler.gap:
                    self._sampler.gap -= length
                    self.ledger.open.predictions += length
                    return
        self._keep(rows_of(inputs, outputs, batched, finite=length > 0), given_id, raised)

    def _keep(self, rows: Rows, given_id: object, raised: str) -> None:
        request, now = current.get(), time.time()
        if given_id is None and request is not None:
            given_id = request.id
        ids = () if given_id is None else ids_of(given_id, rows.length)
        key = GroupKey(*self._name, rows.layout, raised)
        with self._lock:
            failing, healthy = self._chosen(rows, bool(raised), now)
            counts = self.ledger.open
            counts.predictions += rows.length - len(failing) - len(healthy)
            counts.nonfinite += len(rows.failing) - len(failing)
            for chosen, bad in ((failing, True), (healthy, False)):
                if chosen:
                    for block in blocks_of(rows, chosen, ids, now, bad, request, self._most):
                        self._queue(key, block)

    def _chosen(self, rows: Rows, raised: bool, now: float) -> tuple[list[int], list[int]]:
        """Positions of the failing rows that this minute allows, and of the others that are in the sample.

        Where the model raised, all rows failed, those without a NaN or an infinity too.
        """
        failing = rows.failing
        if not failing and not raised:
            return [], self._sampler.choose(rows.length)
        failing = failing[: self._allowed(len(failing), now)]
        if raised:
            others = rows.healthy(list(range(rows.length - len(rows.failing))))
            return failing, others[: self._allowed(len(others), now)]
        return failing, rows.healthy(self._sampler.choose(rows.length - len(rows.failing)))

    def _allowed(self, failing: int, now: float) -> int:
        """How many of so many failing rows are kept in this minute."""
        if now // MINUTE != self._minute:
            self._minute, self._failing_kept = now // MINUTE, 0
        kept = min(failing, FAILING_A_MINUTE - self._failing_kept)
        self._failing_kept += kept
        return kept


def _finite_rows(inputs: Any, outputs: Any, batched: bool) -> int:
    """How many rows a prediction has where all of it is finite at a glance; 0 where it must be looked at exactly."""
    length = finite_rows(inputs, batched)
    if not length or outputs is None:
        return length
    answered = finite_rows(outputs, batched)
    return length if answered in (1, length) else 0  # 0, or columns that a glance took for one row
