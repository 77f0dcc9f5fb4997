"""One database for the services that these tests start, when the suite runs on PostgreSQL."""

import os
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg2
import pytest


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, str]]:
    """Variables that give a started service a PostgreSQL database and Redis queues of its own, if any."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield {}
        return
    name = f"nanwatch_up_{uuid.uuid4().hex[:8]}"
    administration = psycopg2.connect(urlsplit(url)._replace(path="/postgres").geturl())
    administration.autocommit = True
    with administration.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        yield {"DATABASE_URL": urlsplit(url)._replace(path=f"/{name}").geturl()}
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    administration.close()
