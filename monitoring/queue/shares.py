"""One project never holds all threads of a replay worker while there are others.

A model that hangs while it is loaded or asked holds its thread for minutes. Where more than one project has models, one
thread of a worker is always left to the others; what a project has beyond its share is hinted again as soon as one of
its own threads is free.
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ingest.models import Project


@dataclass
class ThreadShares:
    """`threads`: of this process, None where nobody else waits for one. `put_off` are versions, by project."""

    threads: int | None = None
    _held: Counter[int] = field(default_factory=Counter)
    _put_off: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def held(self, project_id: int, version_id: int, hint: Callable[[int], object]) -> Iterator[bool]:
        """Whether the project may have one more thread while the block runs; else the version is hinted later."""
        granted = self._take(project_id, version_id)
        try:
            yield granted
        finally:
            for version in self._give_back(project_id) if granted else ():
                hint(version)

    def _take(self, project_id: int, version_id: int) -> bool:
        most = None if self.threads is None or not _shared() else max(1, self.threads - 1)
        with self._lock:
            if most is not None and self._held[project_id] >= most:
                self._put_off[project_id].add(version_id)
                return False
            self._held[project_id] += 1
            return True

    def _give_back(self, project_id: int) -> set[int]:
        with self._lock:
            self._held[project_id] -= 1
            return self._put_off.pop(project_id, set())


def _shared() -> bool:
    """Whether several projects have models."""
    return Project.objects.filter(models__isnull=False).distinct().count() > 1


SHARES = ThreadShares()
"""Of this worker."""
