"""The service's settings on a data directory and a database of this test run's own.

Several runs on one machine, and a service started from the same checkout, never meet.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_DATA_DIR = Path(tempfile.mkdtemp(prefix="nanwatch-tests-"))
_OWNER = os.getpid()


def _remove_data_dir() -> None:
    if os.getpid() == _OWNER:  # not in a forked child
        shutil.rmtree(_DATA_DIR, ignore_errors=True)


atexit.register(_remove_data_dir)
os.environ["NANWATCH_DATA_DIR"] = str(_DATA_DIR)

from nanwatch.settings import *  # noqa: E402, F403 - the data directory is read on import
from nanwatch.settings import DATABASES  # noqa: E402

# a file, as in production: several connections and processes meet in it
DATABASES["default"]["TEST"] = {
    "NAME": str(_DATA_DIR / "test.sqlite3")
    if DATABASES["default"]["ENGINE"].endswith("sqlite3")
    else f"test_nanwatch_{_OWNER}"
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # speed: logins of tests guard nothing
