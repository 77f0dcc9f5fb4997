"""While the database is unreachable no answer says that rows were stored, and every caller is asked to retry."""

import contextlib
import json
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.db import connection

from ingest.models import Batch
from monitoring.demo.api import Api
from monitoring.supervision.programs import web
from tests.conftest import ApiClient
from tests.ingest.conftest import keras_file
from tests.ingest.cut_line import Line
from tests.on_servers import DATABASE_URL, ask_postgres
from tests.operations.running import API_KEY, ROOT, Running, environment, wait_until

BODY = b'{"model": "churn", "version": "7", "inputs": [[1, NaN]]}'


def away(answer: Any) -> None:
    """It is the problem document of a database that is away."""
    status, headers, content = answer
    assert status == 503, content
    assert headers["Content-Type"] == "application/problem+json"
    assert int(headers["Retry-After"]) > 0
    assert "Idempotency-Key" in json.loads(content)["detail"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("churn")
def test_a_database_that_is_locked_for_too_long(alice: ApiClient) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no such lock")
    with connection.cursor() as cursor, contextlib.closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
        cursor.execute("PRAGMA busy_timeout=1")
        other.execute("BEGIN IMMEDIATE")
        answer = alice.post("/samples", BODY, content_type="application/json")
        other.rollback()

        away((answer.status_code, answer.headers, answer.content))
        assert not Batch.objects.exists()
        assert alice.post("/samples", BODY, content_type="application/json").status_code == 202


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The name of an empty PostgreSQL database."""
    if problem := ask_postgres():
        pytest.skip(problem)
    administration = psycopg2.connect(DATABASE_URL)
    administration.autocommit = True
    name = f"nanwatch_away_{uuid.uuid4().hex[:8]}"
    with administration.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        yield name
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    administration.close()


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    server = urlsplit(DATABASE_URL)
    with Line(server.hostname or "", server.port or 5432) as line:
        yield line


@pytest.fixture(scope="module")
def running(database: str, line: Line, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A real web process whose way to the database can be cut, with version 7 of `churn`."""
    url = urlsplit(DATABASE_URL)._replace(netloc=f"root@127.0.0.1:{line.port}", path=f"/{database}").geturl()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        variables = environment(tmp_path_factory.mktemp("data"), port, DATABASE_URL=url)
        subprocess.run([sys.executable, ROOT / "manage.py", "prepare"], env=variables, check=True, capture_output=True)
        process = subprocess.Popen(
            web(listener.fileno()).command, env=variables, cwd=ROOT, pass_fds=(listener.fileno(),), text=True
        )
        running = Running(process, f"http://127.0.0.1:{port}")
        try:
            wait_until(running.answers)
            Api(running.url, API_KEY).register({"name": "churn", "version": "7"}, {"artifact": ("m", keras_file())})
            yield running
        finally:
            process.terminate()
            process.wait()


@pytest.fixture(autouse=True)
def mended(line: Line) -> Iterator[None]:
    yield
    line.mend()


def post(running: Running, key: str = "") -> tuple[int, Any, bytes]:
    host = HTTPConnection(urlsplit(running.url).netloc, timeout=60)
    headers = {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"}
    host.request("POST", "/api/v1/samples", BODY, {**headers, **({"Idempotency-Key": key} if key else {})})
    answer = host.getresponse()
    content = answer.read()
    host.close()
    return answer.status, answer.headers, content


def stored(database: str) -> set[str]:
    """Ids of the batches, asked of the server itself."""
    url = urlsplit(DATABASE_URL)._replace(path=f"/{database}").geturl()
    with contextlib.closing(psycopg2.connect(url)) as direct, direct.cursor() as cursor:
        cursor.execute("SELECT id FROM ingest_batch")
        return {row[0] for row in cursor}


def test_a_database_that_is_away(running: Running, line: Line, database: str) -> None:
    assert post(running)[0] == 202
    before = stored(database)

    line.cut()
    away(post(running, "again"))
    away(post(running, "again"))
    assert not running.answers()
    line.mend()

    answers = [json.loads(post(running, "again")[2]) for _ in range(2)]
    assert answers[0] == answers[1]
    assert stored(database) - before == {answers[0]["batch"]}
    assert running.answers()


def test_a_connection_that_was_ended_is_replaced_before_rows_are_sent(running: Running, line: Line) -> None:
    assert {post(running)[0] for _ in range(20)} == {202}

    line.cut()
    line.mend()

    assert {post(running)[0] for _ in range(20)} == {202}


def test_every_202_is_stored_however_often_it_goes_away(running: Running, line: Line, database: str) -> None:
    over = threading.Event()
    answers: list[tuple[int, Any, bytes]] = []

    def send() -> None:
        while not over.is_set():
            answers.append(post(running))

    callers = [threading.Thread(target=send) for _ in range(4)]
    for caller in callers:
        caller.start()
    for _ in range(5):
        time.sleep(0.3)
        line.cut()
        time.sleep(0.2)
        line.mend()
    over.set()
    for caller in callers:
        caller.join()

    assert {status for status, _, _ in answers} == {202, 503}
    confirmed = {json.loads(content)["batch"] for status, _, content in answers if status == 202}
    assert confirmed <= stored(database)
