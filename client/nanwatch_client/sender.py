"""The thread that sends. It wakes once a second, and waits longer and longer while the service is away."""

import logging
import random
import threading
import time
from collections.abc import Mapping
from typing import Any

from nanwatch_client.configuration import LARGEST_BATCH, Configuration
from nanwatch_client.delivery import Answer, Outcome, opener, post
from nanwatch_client.environment import environment, machine_type
from nanwatch_client.packing import Parcel, WithheldError, pack
from nanwatch_client.recorder import Recorder, Taken

TICK = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
URGENT_PAUSE = 0.2  # while `flush` waits
SAY_EVERY = 60.0

logger = logging.getLogger("nanwatch_client")


class Complaints:
    """A warning at most once a minute: a service that is away must not fill the log of the serving process."""

    def __init__(self) -> None:
        self._next = 0.0

    def say(self, message: str, *arguments: object) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + SAY_EVERY
            logger.warning(message, *arguments)


class Sender:
    """Sends what the recorder has, one batch at a time; a batch stays here until the service took or refused it."""

    def __init__(self, configuration: Configuration, recorder: Recorder, models: Mapping[tuple[str, str], Any]) -> None:
        self._configuration, self._recorder, self._models = configuration, recorder, models
        self._opener, self._complaints = opener(), Complaints()
        self._machine: dict[str, str] | None = None if configuration.ask_metadata_server else {}
        self._held: tuple[Taken, Parcel] | None = None
        self._failures, self._not_before, self._asked_to_wait = 0, 0.0, False
        self._wake, self._drained = threading.Event(), threading.Condition()
        self._flushes = self._flushed = 0
        self._refused_rows = self._refused_reported = 0
        self._urgent_until = 0.0
        self._stopping = False
        self.delivered_rows = 0
        self._thread = threading.Thread(target=self._run, name="nanwatch-client", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Sends what is left and ends; returns at once."""
        self._stopping = True
        self._wake.set()

    @property
    def held(self) -> tuple[int, int]:
        """Rows of the batch that is on its way, or waits to be sent again, and the bytes that they take."""
        held = self._held
        return (0, 0) if held is None else (held[0].rows, sum(block.size for block in held[0].blocks))

    def flush(self, timeout: float) -> bool:
        """Whether everything that was logged before has left within `timeout` seconds.

        False too where the service refused rows since the last flush.
        """
        with self._drained:
            self._flushes += 1
            number = self._flushes
            self._urgent_until = max(self._urgent_until, time.monotonic() + timeout)
            self._wake.set()
            drained = self._drained.wait_for(lambda: self._flushed >= number, max(0.0, timeout))
            refused, self._refused_reported = self._refused_rows - self._refused_reported, self._refused_rows
            return drained and not refused

    def _run(self) -> None:
        while True:
            self._wake.wait(self._pause())
            self._wake.clear()
            stopping = self._stopping
            try:
                self._turn(stopping or time.monotonic() < self._urgent_until)
            except Exception as error:  # noqa: BLE001 - the thread must live on
                self._complaints.say("a batch could not be handled: %s", type(error).__name__)
            if stopping:
                return

    def _pause(self) -> float:
        now = time.monotonic()
        if now < self._urgent_until and not self._asked_to_wait:
            return URGENT_PAUSE if self._failures else TICK
        return min(max(TICK, self._not_before - now), LONGEST_PAUSE)

    def _turn(self, urgent: bool) -> None:
        self._say_what_was_too_large()
        if time.monotonic() < self._not_before and (self._asked_to_wait or not urgent):
            return
        flushes = self._flushes if urgent else 0  # those that are asked for from now on wait for another turn
        started = time.time()  # what is logged from now on waits too, or the turn might never end
        while (held := self._held or self._next(started, urgent)) is not None:
            self._held = held
            answer = post(held[1], self._configuration, self._opener)
            if answer.outcome is Outcome.LATER:
                self._back_off(answer)
                return
            self._settle(held[0], answer)
        with self._drained:
            self._flushed = max(self._flushed, flushes)
            self._drained.notify_all()

    def _say_what_was_too_large(self) -> None:
        taken, self._recorder.too_large = self._recorder.too_large, 0
        if taken:
            most = self._configuration.batch_bytes
            self._complaints.say(
                "a row of %d bytes is dropped: one may take %d, a sixteenth of max_queue_bytes and at most %d",
                *(taken, most, LARGEST_BATCH),
            )

    def _next(self, now: float, urgent: bool) -> tuple[Taken, Parcel] | None:
        while (taken := self._recorder.take(now, urgent)) is not None:
            try:
                return taken, pack(taken, self._configuration, self._environment(taken), time.time())
            except WithheldError as error:
                self._complaints.say("%d rows are not sent: %s", taken.rows, error)
            except Exception as error:  # noqa: BLE001 - also what a strange answer of before_send leads to
                self._complaints.say("%d rows cannot be packed: %s", taken.rows, type(error).__name__)
            self._recorder.give_up(taken)
        return None

    def _settle(self, taken: Taken, answer: Answer) -> None:
        self._failures, self._not_before, self._asked_to_wait = 0, 0.0, False
        if answer.outcome is Outcome.REFUSED:
            self._complaints.say("%d rows are dropped: %s", taken.rows, answer.reason)
            self._recorder.give_up(taken, refused=True)
            self._refused_rows += taken.rows
        else:
            self.delivered_rows += taken.rows
        self._held = None

    def _back_off(self, answer: Answer) -> None:
        self._complaints.say("rows wait to be sent: %s", answer.reason)
        self._failures += 1
        pause = min(FIRST_PAUSE * 2 ** (self._failures - 1), LONGEST_PAUSE)
        self._asked_to_wait = answer.retry_after is not None
        wait = pause * random.uniform(0.5, 1.0) if answer.retry_after is None else answer.retry_after  # noqa: S311
        self._not_before = time.monotonic() + wait

    def _environment(self, taken: Taken) -> dict[str, Any]:
        if self._machine is None:
            name = machine_type()
            self._machine = {"machine_type": name} if name else {}
        of_model = self._models.get((taken.key.model, taken.key.version), {})
        return {**environment(), **self._machine, **of_model}
