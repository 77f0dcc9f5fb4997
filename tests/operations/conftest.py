"""A database of its own for each service that these tests start, when the suite runs on PostgreSQL."""

import itertools
import os
import uuid
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import psycopg2
import pytest

NewServers = Callable[[], dict[str, str]]


@pytest.fixture(scope="session")
def new_servers() -> Iterator[NewServers]:
    """Variables that give a service an empty PostgreSQL database and a Redis of its own; none on SQLite.

    Each of two processes that run tests has four databases of Redis to give.
    """
    url = urlsplit(os.environ.get("DATABASE_URL", "sqlite://"))
    if url.scheme != "postgres":
        yield dict
        return
    redis_databases = itertools.count(8 + 4 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]))
    names: list[str] = []
    administration = psycopg2.connect(url._replace(path="/postgres").geturl())
    administration.autocommit = True

    def create() -> dict[str, str]:
        names.append(f"nanwatch_up_{uuid.uuid4().hex[:8]}")
        with administration.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{names[-1]}"')
        redis = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{next(redis_databases)}")
        return {"DATABASE_URL": url._replace(path=f"/{names[-1]}").geturl(), "REDIS_URL": redis.geturl()}

    yield create
    with administration.cursor() as cursor:
        for name in names:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    administration.close()
