"""The programs of the service, each with its command line, and whether the web answers."""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

PYTHON = sys.executable
CELERY = (PYTHON, "-m", "celery", "--quiet", "--app", "nanwatch")
BEHIND_THE_WEB = 5
"""A replay can wait for rows that come in, their sender cannot: a share of about a quarter, while both are busy."""
AS_ROOT = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"}
"""Celery warns of root for the sake of pickled messages; only JSON is accepted here."""
ALONE = ("--without-gossip", "--without-mingle", "--without-heartbeat")
"""Events nobody listens to would pile up in the folder of the file broker."""
WORKER = (*CELERY, "worker", "--pool=threads", "--loglevel=WARNING", *ALONE)
FIRST_POLL, LONGEST_POLL = 0.1, 2.0  # seconds
REMIND_SECONDS = 30.0
REQUEST = b"GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n"


@dataclass(frozen=True)
class ServiceProgram:
    """A command that runs in the foreground.

    `keep_open` are file descriptors that it inherits; `once` means that its end is no crash; `niceness` is how far
    it gives way to the others when all want the processor.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    keep_open: tuple[int, ...] = ()
    once: bool = False
    niceness: int = 0


def web(listener: int) -> ServiceProgram:
    """API and pages on the socket `listener`."""
    gunicorn = (PYTHON, "-m", "gunicorn", "--config=python:nanwatch.gunicorn", f"--bind=fd://{listener}")
    return ServiceProgram("web", (*gunicorn, "nanwatch.wsgi"), keep_open=(listener,))


async def web_ready(url: str, remind: Callable[[str], None]) -> None:
    """Returns once the service at `url` is ready; calls `remind` with the problem when that takes long."""
    pause, reminded = FIRST_POLL, time.monotonic()
    while problem := await _problem(url):
        await asyncio.sleep(pause)
        pause = min(1.5 * pause, LONGEST_POLL)
        if time.monotonic() - reminded > REMIND_SECONDS:
            remind(problem)
            reminded = time.monotonic()


async def _problem(url: str) -> str:
    """Why the service is not ready, in its own words; "" when it is. No thread: Ctrl-C must not wait for it."""
    at = urlsplit(url)
    try:
        reader, writer = await asyncio.open_connection(at.hostname, at.port)
    except OSError as error:
        return str(error)
    try:
        writer.write(REQUEST)
        answer = (await reader.read()).decode(errors="replace")
    except OSError as error:
        return str(error)
    finally:
        writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    status = head.partition("\r\n")[0]
    return "" if " 200 " in status else f"{status}: {body}"


def behind_the_web() -> list[ServiceProgram]:
    """Workers and the scheduler.

    Replays have a worker of their own: they may take minutes and gigabytes, and neither may keep the sweeper
    or the metrics waiting.
    """
    return [
        ServiceProgram(
            "replay",
            (*WORKER, "--queues=replay", "--concurrency=2", "--hostname=replay@%h"),
            AS_ROOT,
            niceness=BEHIND_THE_WEB,
        ),
        ServiceProgram("tasks", (*WORKER, "--queues=default", "--concurrency=2", "--hostname=tasks@%h"), AS_ROOT),
        ServiceProgram("beat", (*CELERY, "beat", "--loglevel=WARNING", "--pidfile=")),
    ]


def stand_in(port: int) -> ServiceProgram:
    """A stand-in of Cloud Monitoring; its page is on the next port."""
    return ServiceProgram("cloud", (PYTHON, "-m", "django", "fake_cloud_monitoring", f"--port={port}"))


def writing_to(endpoint: str, gcp_project: str) -> dict[str, str]:
    """The variables that make a program write its metrics to an emulator, more often than one would to Google."""
    interval = os.environ.get("NANWATCH_MONITORING_INTERVAL", "15")
    return {
        "NANWATCH_GCP_PROJECT": gcp_project,
        "NANWATCH_MONITORING_ENDPOINT": endpoint,
        "NANWATCH_MONITORING_INTERVAL": interval,
    }


def with_environment(program: ServiceProgram, variables: Mapping[str, str]) -> ServiceProgram:
    """The program with more variables."""
    return replace(program, environment={**program.environment, **variables})


def demo(url: str, api_key: str) -> ServiceProgram:
    """Fills an empty dashboard through the public API."""
    return ServiceProgram(
        "demo",
        (PYTHON, "-m", "monitoring.demo"),
        {"NANWATCH_DEMO_URL": url, "NANWATCH_DEMO_KEY": api_key},
        once=True,
    )
