"""Runs programs until a signal: starts again what dies, and stops everything before it returns."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Coroutine

from monitoring.supervision.child import Child, Say
from monitoring.supervision.programs import ServiceProgram

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
HEALTHY_SECONDS = 60
"""A program that ran this long before it died does not wait longer than the first time."""
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
OWN_NAME = "up"


class _Stopped(Exception):  # noqa: N818 - a request, not an error
    """A signal asked the supervisor to stop."""


class Supervisor:
    """Prints the lines of its programs, and what becomes of them."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._children: set[Child] = set()
        self._stopping = asyncio.Event()
        self._tasks = asyncio.TaskGroup()

    async def run(self, start_up: Callable[[], Coroutine[None, None, None]]) -> None:
        """Returns after SIGINT, SIGTERM or SIGHUP, when no program is left; a second signal kills at once.

        `start_up` runs meanwhile and starts the programs.
        """
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self._signalled)
        try:
            async with self._tasks:
                self._tasks.create_task(start_up())
                await self._stopping.wait()
                raise _Stopped  # cancels the tasks, each of which stops its child
        except* _Stopped:
            pass

    def start(self, program: ServiceProgram) -> None:
        """Runs a program from now on."""
        self._tasks.create_task(self._keep_running(program))

    async def _keep_running(self, program: ServiceProgram) -> None:
        """Starts a program again whenever it dies, with growing pauses; returns when it ran `once`."""
        pause = FIRST_PAUSE
        while True:
            started = time.monotonic()
            end = await self._run(program)
            if program.once:
                return
            if time.monotonic() - started > HEALTHY_SECONDS:
                pause = FIRST_PAUSE
            self._say(OWN_NAME, f"{program.name} stopped ({end}); starting it again in {pause:.0f} s")
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _run(self, program: ServiceProgram) -> str:
        child = await Child.start(program, self._pass_on)
        self._children.add(child)
        try:
            return await child.ended()
        finally:
            await child.stop()
            self._children.discard(child)

    def _pass_on(self, name: str, line: str) -> None:
        """What programs print while they stop is of no use to anybody."""
        if line.strip() and not self._stopping.is_set():
            self._say(name, line)

    def _signalled(self) -> None:
        if self._stopping.is_set():
            for child in self._children:
                child.kill()
        self._stopping.set()


def ask_to_stop() -> None:
    """Stops the supervisor of this process, as a signal from outside does."""
    os.kill(os.getpid(), signal.SIGTERM)
