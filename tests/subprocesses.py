"""Programs of the service started by a test, on the test's own database."""

import os

from django.db import connection

BASE = ("PATH", "HOME", "LANG", "REDIS_URL")


def environment(**changes: str) -> dict[str, str]:
    """The environment for a process that shares this test's data directory and database."""
    inherited = {name: os.environ[name] for name in BASE if name in os.environ}
    return {
        **inherited,
        "DJANGO_SETTINGS_MODULE": "nanwatch.settings",
        "NANWATCH_DATA_DIR": os.environ["NANWATCH_DATA_DIR"],
        "DATABASE_URL": database_url(),
        **changes,
    }


def database_url() -> str:
    """Where the database of the running test is."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
