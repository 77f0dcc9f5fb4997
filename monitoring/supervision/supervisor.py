"""Runs programs until a signal: starts again what dies, and stops everything before it returns."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable, Coroutine
from typing import Self

from monitoring.supervision.programs import ServiceProgram

GRACE_SECONDS = 10
"""Longer than gunicorn's and Celery's own ways out; a replay cut off by then comes back after its lease."""
CHUNK = 64 * 1024
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
HEALTHY_SECONDS = 60
"""A program that ran this long before it died does not wait longer than the first time."""
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
OWN_NAME = "up"

Say = Callable[[str, str], None]
"""Takes the name of a program and one line of its output."""


class Child:
    """A process of the foreground group that cannot outlive this one."""

    def __init__(self, program: ServiceProgram, process: Process, say: Say) -> None:
        self.program, self._process, self._say = program, process, say
        output = process.stdout or asyncio.StreamReader()
        self._output = asyncio.create_task(self._pass_on_output(output))

    @classmethod
    async def start(cls, program: ServiceProgram, say: Say) -> Self:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "nantrace.replay.mortal", str(os.getpid()), str(program.niceness)),
            *program.command,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **program.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            pass_fds=program.keep_open,
        )
        return cls(program, process, say)

    async def ended(self) -> str:
        """Waits for the end and says how it was."""
        code = await self._process.wait()
        await asyncio.wait([self._output], timeout=1)  # a grandchild may hold the pipe open
        self._output.cancel()
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    async def stop(self) -> None:
        """SIGTERM, then SIGKILL after the grace."""
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), GRACE_SECONDS)
        except TimeoutError:
            self.kill()
            await self._process.wait()

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self._process.returncode is None:
            self._process.send_signal(number)

    async def _pass_on_output(self, output: asyncio.StreamReader) -> None:
        """Not `readline`: a line has no limit."""
        rest = b""
        while chunk := await output.read(CHUNK):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._say(self.program.name, line.decode(errors="replace"))
            if len(rest) > CHUNK:
                self._say(self.program.name, rest.decode(errors="replace"))
                rest = b""
        if rest:
            self._say(self.program.name, rest.decode(errors="replace"))


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
