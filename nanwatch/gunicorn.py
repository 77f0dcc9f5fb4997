"""gunicorn's settings: small, and gone when its master is gone."""

import gc
import os
from typing import Any

from nantrace.replay.mortal import die_with_parent

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or min(2, os.cpu_count() or 1))  # reading bodies keeps a core busy
threads = 8  # in each
preload_app = True  # shares the memory of what is imported
timeout = 60
graceful_timeout = 8
keepalive = 15
accesslog = None
loglevel = "warning"
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108 - gunicorn's heartbeat


def post_fork(server: Any, worker: Any) -> None:  # noqa: ARG001 - gunicorn's signature
    die_with_parent(server.pid)


def worker_exit(server: Any, worker: Any) -> None:  # noqa: ARG001 - gunicorn's signature
    """Writes what this process has counted and not written yet."""
    from ingest.admission.refused_requests import write_refused

    write_refused()


def when_ready(server: Any) -> None:  # noqa: ARG001 - gunicorn's signature
    """Imports every view before the workers are forked: shared memory, and a broken one stops the start."""
    from django.db import connections
    from django.urls import get_resolver

    _ = get_resolver().url_patterns
    connections.close_all()  # one opened while importing must not be shared
    gc.collect()
    gc.freeze()  # what is imported stays: collections need not look at it, nor copy its pages
