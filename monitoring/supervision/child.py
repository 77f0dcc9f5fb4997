"""One running program: started, its output passed on line by line, stopped."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable
from typing import Self

from monitoring.supervision.programs import ServiceProgram

GRACE_SECONDS = 10
"""Longer than gunicorn's and Celery's own ways out; a replay cut off by then comes back after its lease."""
CHUNK = 64 * 1024

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
