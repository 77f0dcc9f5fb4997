"""Programs of the service report that they live, since a worker that is gone looks like peace: no incident comes."""

import logging
import socket
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from datetime import timedelta
from typing import Any

from celery.signals import beat_init, worker_ready, worker_shutdown
from django.conf import settings
from django.db import DatabaseError
from django.db.models import Max
from django.db.models.functions import Now

from monitoring.models import ProgramKind, RunningProgram
from monitoring.queue.leases import repeated
from nantrace.replay.escape_probes import lock_trouble

EVERY = 5.0  # seconds
OVERDUE = timedelta(seconds=20)
FORGOTTEN_AFTER = timedelta(days=1)
_running = ExitStack()
logger = logging.getLogger(__name__)


@worker_ready.connect
def worker_started(sender: Any, **_: object) -> None:
    if "replay" not in sender.app.amqp.queues.consume_from:
        keep_reporting(ProgramKind.TASKS)
        return
    trouble = lock_trouble() if settings.NANWATCH_SANDBOX else ""
    if trouble:
        logger.error("models cannot be locked in here, so none is replayed and their rows wait: %s", trouble)
    keep_reporting(ProgramKind.REPLAY, trouble)


@beat_init.connect
def scheduler_started(**_: object) -> None:
    keep_reporting(ProgramKind.BEAT)


@worker_shutdown.connect
def worker_stopped(**_: object) -> None:
    _running.close()


def keep_reporting(kind: ProgramKind, trouble: str = "") -> None:
    """Until the process ends, from a thread of its own, whatever else the process is busy with."""
    with suppress(DatabaseError):  # the thread goes on trying
        report(kind, trouble)
    _running.enter_context(repeated(lambda: report(kind, trouble), EVERY))


def report(kind: ProgramKind, trouble: str = "") -> None:
    """This process lives; `trouble`: and yet cannot do its work, for this reason."""
    now = {"seen_at": Now(), "trouble": trouble}
    RunningProgram.objects.update_or_create(kind=kind, host=socket.gethostname()[:255], defaults=now)


def troubles() -> list[str]:
    """What keeps programs that run from their work, each once."""
    fresh = RunningProgram.objects.filter(seen_at__gt=Now() - OVERDUE).exclude(trouble="")
    return list(fresh.values_list("trouble", flat=True).order_by("trouble").distinct())


def seconds_since_seen() -> Mapping[ProgramKind, float | None]:
    """Of the newest program of each kind, by the database's clock; None where none is known."""
    rows = RunningProgram.objects.values_list("kind").annotate(Max("seen_at"), now=Now())
    known = {kind: max((now - seen).total_seconds(), 0.0) for kind, seen, now in rows}
    return {kind: known.get(kind) for kind in ProgramKind}


def forget_old() -> None:
    """Machines that are gone for good."""
    RunningProgram.objects.filter(seen_at__lt=Now() - FORGOTTEN_AFTER).delete()
