"""The programs of the service, each with its command line."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

PYTHON = sys.executable
CELERY = (PYTHON, "-m", "celery", "--quiet", "--app", "nanwatch")
BEHIND_THE_WEB = 5
"""A replay can wait for rows that come in, their sender cannot: a share of about a quarter, while both are busy."""
AS_ROOT = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"}
"""Celery warns of root for the sake of pickled messages; only JSON is accepted here."""
ALONE = ("--without-gossip", "--without-mingle", "--without-heartbeat")
"""Events nobody listens to would pile up in the folder of the file broker."""
WORKER = (*CELERY, "worker", "--pool=threads", "--loglevel=WARNING", *ALONE)


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


def demo(url: str, api_key: str) -> ServiceProgram:
    """Fills an empty dashboard through the public API."""
    return ServiceProgram(
        "demo",
        (PYTHON, "-m", "monitoring.demo"),
        {"NANWATCH_DEMO_URL": url, "NANWATCH_DEMO_KEY": api_key},
        once=True,
    )
