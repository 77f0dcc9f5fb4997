"""The three processes of the simulated week that write, real ones, and the clock that all of them go by.

`replay` records what was posted (its diagnosis is made up: models are no matter here), `metrics` writes to Cloud
Monitoring, `alerts` sends to people. Each does one round when it is handed a minute, and may be killed in it. Python's
`timezone.now` and the database's own time are that minute.
"""

import gc
import os
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nanwatch.settings")

import django

django.setup()

import numpy as np  # noqa: E402 - after Django
from django.db.backends.signals import connection_created  # noqa: E402
from django.utils import timezone  # noqa: E402

from ingest.models import Batch  # noqa: E402
from monitoring import pipeline, tasks  # noqa: E402
from monitoring.alerting.cloud_monitoring import send  # noqa: E402
from monitoring.queue import claims  # noqa: E402
from nantrace.diagnosis.finding import Finding, Origin  # noqa: E402

KINDS = ("replay", "metrics", "alerts")
FAULTS = {
    "input_missing": ("absorbed", Origin("input", "inputs", value="NaN")),
    "weights_nonfinite": ("nonfinite_output", Origin("weight", "dense/kernel", value="NaN")),
}


class SimulatedClock:
    """One moment, for Python and for SQLite, until it is set to the next."""

    now = datetime(2026, 6, 1, tzinfo=UTC)


def install_clock() -> None:
    timezone.now = lambda: SimulatedClock.now
    connection_created.connect(_set_database_time, weak=False)


def _set_database_time(connection: Any, **_: object) -> None:
    """SQLite's function behind `Now()`; nothing else asks it for a time."""
    connection.connection.create_function("STRFTIME", 2, lambda *_: f"{SimulatedClock.now:%Y-%m-%d %H:%M:%S.%f}"[:-3])


def work(kind: str, orders: Connection) -> None:
    """Rounds of one kind, as they are ordered; the answer to each is how much memory the process holds, in KB."""
    install_clock()
    send.PAUSE = 0.01  # a real second of a simulated minute would be long
    pipeline._examined = _examined
    rounds: dict[str, Callable[[], Any]] = {
        "replay": _replay,
        "metrics": tasks.write_metrics,
        "alerts": tasks.send_alerts,
    }
    gc.freeze()  # what was imported is not looked at again
    while (now := orders.recv()) is not None:
        SimulatedClock.now = now
        rounds[kind]()
        orders.send(_resident_kilobytes())


def _replay() -> None:
    for version_id in claims.versions_waiting():
        pipeline.process_version(version_id)


def _examined(batch: Batch) -> pipeline.Examined:
    """What the poster says in the batch's environment: so many of its first rows are bad, for this cause."""
    bad, cause = batch.environment.get("bad", 0), batch.environment.get("cause", "")
    is_bad = np.arange(batch.rows) < bad
    return pipeline.Examined([_finding(cause, bad)] if bad else [], is_bad, None)


def _finding(cause: str, bad: int) -> Finding:
    symptom, origin = FAULTS[cause]
    title = f"{bad} rows fail: {cause}"
    return Finding(
        symptom=symptom, cause=cause, confidence=0.9, title=title, row_indices=list(range(bad)), origin=origin
    )


def _resident_kilobytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024
