"""How many posts of rows are refused, and why: counted in memory, written at most every few seconds.

A refused request must stay cheap, else it is a way to keep the database busy. The first one is written at once, those
of the next seconds together with the first one after them, or when the process ends; one that is killed loses them.
"""

import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus

from django.db import Error, transaction
from django.db.models import F

from ingest.models import Project, RefusalReason, RefusedRequests
from ingest.sqlite import one_at_a_time

WRITE_EVERY = 5.0  # seconds
REASONS = {
    HTTPStatus.BAD_REQUEST: RefusalReason.MALFORMED,
    HTTPStatus.LENGTH_REQUIRED: RefusalReason.MALFORMED,
    HTTPStatus.NOT_FOUND: RefusalReason.NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: RefusalReason.TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: RefusalReason.UNSUPPORTED_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY: RefusalReason.INVALID,
    HTTPStatus.TOO_MANY_REQUESTS: RefusalReason.TOO_MUCH,
}

logger = logging.getLogger(__name__)


@dataclass
class _Unwritten:
    """Refusals of this process by project and reason, and when (`time.monotonic`) they are written."""

    counts: Counter[tuple[int, str]] = field(default_factory=Counter)
    due: float = 0.0


_unwritten = _Unwritten()
_adding, _writing = threading.Lock(), threading.Lock()


def count_refused(project_id: int, status: int) -> None:
    """One request that was answered with `status`, 400 or above."""
    reason = REASONS.get(HTTPStatus(status), RefusalReason.FAILED)
    with _adding:
        _unwritten.counts[project_id, reason] += 1
    if reason is not RefusalReason.FAILED and time.monotonic() >= _unwritten.due:  # a database that fails is left alone
        write_refused()


def write_refused() -> None:
    """Adds what this process counted to the database; kept for the next time where that does not answer."""
    if not _unwritten.counts or not _writing.acquire(blocking=False):
        return
    try:
        _unwritten.due = time.monotonic() + WRITE_EVERY
        with _adding:
            counts, _unwritten.counts = _unwritten.counts, Counter()
        try:
            _add(counts)
        except Error as error:
            logger.warning("refused requests are not written yet: %s", error)
            with _adding:
                _unwritten.counts.update(counts)
    finally:
        _writing.release()


def _add(counts: Counter[tuple[int, str]]) -> None:
    """All or none; a project that was deleted meanwhile has nothing to count."""
    with one_at_a_time(), transaction.atomic():
        known = set(Project.objects.filter(pk__in={project for project, _ in counts}).values_list("pk", flat=True))
        for (project, reason), requests in sorted(counts.items()):
            if project in known:
                RefusedRequests.objects.get_or_create(project_id=project, reason=reason)
                of_reason = RefusedRequests.objects.filter(project_id=project, reason=reason)
                of_reason.update(requests=F("requests") + requests)
