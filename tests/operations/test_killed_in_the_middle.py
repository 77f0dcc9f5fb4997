"""kill -9 in the middle of a batch: the batch is replayed again, and its rows count once."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psycopg2
import pytest

from monitoring.demo.api import Api
from tests.operations.conftest import NewServers
from tests.operations.running import API_KEY, Running, children, command_line, descendants, free_port, up, wait_until

pytestmark = pytest.mark.tensorflow
MAKE = """
import sys, keras
keras.Sequential(
    [keras.Input((3,)), keras.layers.Dense(10, activation="relu"), keras.layers.Dense(1)]
).save(sys.argv[1])
"""
ROWS = [[1.0, 2.0, None], [3.0, 4.0, 5.0], [6.0, None, 8.0]]
FAILING = 2
WORKER = "--queues=replay"


class Service:
    """A running service with one registered model, seen as serving code and as a surgeon see it."""

    def __init__(self, running: Running, data_dir: Path, servers: dict[str, str]) -> None:
        self.running, self._data_dir, self._servers = running, data_dir, servers

    def get(self, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{self.running.url}/api/v1/{path}", data, headers)) as answer:
            return json.load(answer)

    def post_rows(self) -> str:
        return str(self.get("samples", {"model": "tutorial", "version": "1", "inputs": ROWS})["batch"])

    def until_replayed(self, batch: str) -> None:
        def replayed() -> bool:
            state = self.get(f"batches/{batch}")["state"]
            assert state in ("pending", "replayed"), self.running.output()
            return bool(state == "replayed")

        wait_until(replayed, self.running.output)

    def until_claimed(self, batch: str) -> None:
        wait_until(lambda: self._claimed(batch), self.running.output)

    def worker(self) -> int:
        return self.running.one(WORKER)

    def freeze_replayers(self) -> list[int]:
        """Stops the children that hold the model: whoever asks them waits in the middle of his batch."""
        models = [pid for zygote in children(self.worker()) for pid in children(zygote)]
        assert models
        for pid in models:
            os.kill(pid, signal.SIGSTOP)
        return models

    def _claimed(self, batch: str) -> bool:
        """What no public door shows: whether a worker holds the batch."""
        query = f"SELECT claim FROM ingest_batch WHERE id = '{batch}'"  # noqa: S608 - an id that the service made
        url = self._servers.get("DATABASE_URL")
        database: Any = psycopg2.connect(url) if url else sqlite3.connect(self._data_dir / "nanwatch.sqlite3")
        try:
            cursor = database.cursor()
            cursor.execute(query)
            return bool(cursor.fetchone()[0])
        finally:
            database.close()


@pytest.fixture
def service(tmp_path: Path, new_servers: NewServers) -> Iterator[Service]:
    """A service that has its model loaded: one batch is replayed already."""
    model, servers = tmp_path / "model.keras", new_servers()
    subprocess.run([sys.executable, "-c", MAKE, model], check=True, capture_output=True)
    with up(tmp_path / "data", free_port(), **servers) as running:
        running.ready()
        service = Service(running, tmp_path / "data", servers)
        artifact = ("model.keras", model.read_bytes())
        Api(running.url, API_KEY).register({"name": "tutorial", "version": "1"}, {"artifact": artifact})
        service.until_replayed(service.post_rows())
        yield service


def test_rows_count_once_whoever_is_killed(service: Service) -> None:
    models = service.freeze_replayers()
    first = service.post_rows()
    service.until_claimed(first)
    for pid in models:
        os.kill(pid, signal.SIGKILL)
    service.until_replayed(first)

    family = [service.worker(), *descendants(service.worker())]
    service.freeze_replayers()
    second = service.post_rows()
    service.until_claimed(second)
    os.kill(service.worker(), signal.SIGKILL)
    service.until_replayed(second)
    assert not [pid for pid in family if command_line(pid)]

    (incident,) = service.get("incidents")["results"]
    assert incident["rows"] == 3 * FAILING
