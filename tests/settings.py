"""The service's settings on a data directory and a database of this test run's own.

Several runs on one machine, and a service started from the same checkout, never meet.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import redis

_DATA_DIR = Path(tempfile.mkdtemp(prefix="nanwatch-tests-"))
_OWNER = os.getpid()
_QUEUES = f"nanwatch-test-{_OWNER}:"


def _clean_up() -> None:
    if os.getpid() != _OWNER:  # a forked child
        return
    shutil.rmtree(_DATA_DIR, ignore_errors=True)
    if url := os.environ.get("REDIS_URL"):
        with redis.Redis.from_url(url) as server:
            for key in server.scan_iter(f"{_QUEUES}*"):
                server.delete(key)


atexit.register(_clean_up)
os.environ["NANWATCH_DATA_DIR"] = str(_DATA_DIR)

from nanwatch.settings import *  # noqa: E402, F403 - the data directory is read on import
from nanwatch.settings import CELERY_BROKER_TRANSPORT_OPTIONS, DATABASES  # noqa: E402

# a file, as in production: several connections and processes meet in it
DATABASES["default"]["TEST"] = {
    "NAME": str(_DATA_DIR / "test.sqlite3")
    if DATABASES["default"]["ENGINE"].endswith("sqlite3")
    else f"test_nanwatch_{_OWNER}"
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # speed: logins of tests guard nothing
CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = _QUEUES  # of Redis
