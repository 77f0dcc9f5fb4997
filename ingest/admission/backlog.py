"""How much waits for its replay, and whether there is room for more.

The bytes are read from an index once a second, and what this process stores in between is added, so that a check costs
nothing. What other web processes stored within that second is not yet counted.
"""

import shutil
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.db.models.functions import Length

from ingest.models import Batch, BatchState, Project, WaitingHalf
from ingest.refusals import TryLater
from nantrace.tensors.limits import readable_bytes

FRESH_SECONDS = 1.0
RETRY_SECONDS = 10  # workers replay some hundred batches meanwhile
RETRY_DISK_SECONDS = 60


@dataclass
class BacklogSize:
    """Bytes of pending batches by project, and of free disk (None where the database keeps rows elsewhere)."""

    by_project: Counter[int] = field(default_factory=Counter)
    free: int | None = None
    until: float = 0.0


_size = BacklogSize()
_reading = threading.Lock()


def check_room(project: Project) -> None:
    """Raises TryLater when the backlog or the disk has reached its limit; asked before a body is read."""
    waiting = _fresh()
    limits = settings.CONFIGURATION
    _check("of this project", waiting.by_project[project.pk], limits.max_project_backlog, "_PROJECT")
    _check("of all projects", waiting.by_project.total(), limits.max_backlog, "")
    if waiting.free is not None and waiting.free < limits.min_free_disk:
        free, least = readable_bytes(waiting.free), readable_bytes(limits.min_free_disk)
        setting = "operators: free space, or lower NANWATCH_MIN_FREE_DISK_BYTES"
        raise TryLater(
            "disk", f"{free} are free; rows are taken while {least} are free ({setting})", RETRY_DISK_SECONDS
        )


def add(project_id: int, size: int) -> None:
    """A batch of this many bytes was stored."""
    _size.by_project[project_id] += size


def forget() -> None:
    """The next check reads the database again."""
    _size.until = 0.0


def _check(whose: str, size: int, limit: int, which: str) -> None:
    if size >= limit:
        setting = f"operators: more workers, or NANWATCH_MAX{which}_BACKLOG_BYTES"
        held, most = readable_bytes(size), readable_bytes(limit)
        raise TryLater(
            "backlog", f"{held} {whose} wait for their replay; the limit is {most} ({setting})", RETRY_SECONDS
        )


def _fresh() -> BacklogSize:
    """One thread reads again; the others go on with the known bytes."""
    if time.monotonic() >= _size.until and _reading.acquire(blocking=_size.until == 0.0):
        try:
            if time.monotonic() >= _size.until:
                _size.by_project, _size.free = _pending_bytes(), _free_disk()
                _size.until = time.monotonic() + FRESH_SECONDS
        finally:
            _reading.release()
    return _size


def _pending_bytes() -> Counter[int]:
    """Of batches, and of halves of calls that will become batches."""
    pending = Batch.objects.filter(state=BatchState.PENDING).values_list("project_id").order_by()
    halves = WaitingHalf.objects.values_list("project_id").order_by()
    sizes = Counter(dict(pending.annotate(Sum("payload_bytes"))))
    sizes.update(dict(halves.annotate(size=Sum(Length("payload")))))
    return sizes


def _free_disk() -> int | None:
    if connection.vendor != "sqlite":
        return None
    return shutil.disk_usage(settings.CONFIGURATION.data_dir).free
