"""The one client of a process: never raises, never blocks, never grows."""

import atexit
import functools
import os
import threading
from dataclasses import dataclass
from typing import Any

from nanwatch_client.cells import UnusableError
from nanwatch_client.configuration import Configuration
from nanwatch_client.recorder import Recorder
from nanwatch_client.sender import Complaints, Sender, logger
from nanwatch_client.stream import Stream

EXIT_SECONDS = 3.0


@dataclass(frozen=True)
class Statistics:
    """What became of the rows that were kept: `queued` ones wait or are on their way, in as many bytes.

    `unusable` calls of `log` held no rows at all.
    """

    queued: int
    queued_bytes: int
    delivered: int
    dropped: int
    unusable: int


class Client:
    """Records in the threads that serve, sends in a thread of its own, which starts with the first prediction."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self._environments: dict[tuple[str, str], dict[str, Any]] = {}
        self._recorder = Recorder(configuration)
        self._sender: Sender | None = None
        self._starting = threading.RLock()  # a signal handler may predict, too
        self._complaints = Complaints()
        self._unusable = 0

    def log(self, inputs: Any, outputs: Any, model: str, version: str, row_id: object = None, raised: str = "") -> None:
        """Counts a prediction, and keeps it where it failed or is in the sample."""
        try:
            self.stream(model, version).log(inputs, outputs, row_id, batched=False, raised=raised)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not reach the serving code
            self.failed(error)

    def stream(self, model: str, version: str) -> Stream:
        """What records the predictions of a model version; raises ValueError where there are too many of them."""
        stream = self._recorder.stream(model, version)
        if self._sender is None:
            self._start_sender()
        return stream

    @property
    def sends(self) -> bool:
        """Whether the thread that sends has been started; without it rows wait in the queue."""
        return self._sender is not None

    def failed(self, error: Exception) -> None:
        """A prediction could not be recorded. What a stranger's code says is not repeated: it may quote the rows."""
        self._unusable += 1
        reason = str(error) if isinstance(error, UnusableError) else type(error).__name__
        self._complaints.say("a prediction was not recorded: %s", reason)

    def describe(self, model: str, version: str, environment: dict[str, Any]) -> None:
        """What is known of the environment of one model version only."""
        self._environments[model, version] = environment

    def flush(self, timeout: float) -> bool:
        """Whether all rows left in time, and the service refused none since the last flush."""
        waiting = self._recorder.backlog.rows > 0
        if self._sender is None and waiting:
            self._start_sender()
        return not waiting if self._sender is None else self._sender.flush(timeout)

    def close(self) -> None:
        """Another client takes over; the rows of this one are still sent."""
        if self._sender is not None:
            self._sender.stop()

    def statistics(self) -> Statistics:
        backlog, sender = self._recorder.backlog, self._sender
        held_rows, held_bytes = (0, 0) if sender is None else sender.held
        return Statistics(
            queued=backlog.rows + held_rows,
            queued_bytes=backlog.size + held_bytes,
            delivered=0 if sender is None else sender.delivered_rows,
            dropped=self._recorder.dropped,
            unusable=self._unusable,
        )

    def _start_sender(self) -> None:
        with self._starting:
            if self._sender is None:
                sender = Sender(self.configuration, self._recorder, self._environments)
                try:
                    sender.start()
                except RuntimeError:  # no thread can be had now; the next prediction tries again
                    self._complaints.say("no thread can be started to send rows, which wait")
                else:
                    self._sender = sender


_client: Client | None = None


def current_client() -> Client | None:
    """The client of this process, or None before `init`."""
    return _client


def recording_client() -> Client | None:
    """The same for a prediction: the first that comes before `init` is reported in the log."""
    if _client is None:
        _say_not_started()
    return _client


@functools.cache
def _say_not_started() -> None:
    logger.warning("a prediction was not recorded, nor will any be, before nanwatch_client.init(url, api_key)")


def install(client: Client) -> None:
    """Makes it the client of this process; those that are forked from it get one of their own like it."""
    earlier = _exchanged(client)
    if earlier is not None:
        earlier.close()


def _exchanged(client: Client) -> Client | None:
    global _client
    earlier, _client = _client, client
    return earlier


def flush_at_exit() -> None:
    """Gives what is left a few seconds to leave."""
    if _client is not None:
        _client.flush(EXIT_SECONDS)


def _after_fork() -> None:
    """A lock may be held by a thread that is not in the child, and the rows are the parent's."""
    if _client is not None:
        _exchanged(Client(_client.configuration))


atexit.register(flush_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
