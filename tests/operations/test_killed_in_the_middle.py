"""kill -9 in the middle of a batch: the batch is replayed again, and its rows count once."""

import json
import os
import re
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

import psycopg2
import pytest

from monitoring.demo.api import Api
from tests.operations.conftest import NewServers
from tests.operations.running import API_KEY, Running, alive, children, descendants, free_port, mapped, up, wait_until
from tests.operations.tutorial import save_tutorial_model

pytestmark = pytest.mark.tensorflow
ROWS = [[1.0, 2.0, None], [3.0, 4.0, 5.0], [6.0, None, 8.0]]
FAILING = 2
WORKER = "--queues=replay"
PASSWORD = "correct-horse-battery"


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

    def maps(self, program: str) -> str:
        """The files in the memory of all processes of a program."""
        return "".join(mapped(pid) for pid, command in self.running.processes().items() if program in command)

    def zygote(self) -> int:
        (pid,) = children(self.worker())
        return pid

    def frozen_replayers(self) -> list[int]:
        """The children that hold the model, stopped: whoever asks them waits in the middle of his batch."""
        models = children(self.zygote())
        assert models
        for pid in models:
            os.kill(pid, signal.SIGSTOP)
        return models

    def kill_in_the_middle(self, *victims: int) -> None:
        """Kills while a batch waits for a frozen replayer; returns once the batch is replayed after all."""
        batch = self.post_rows()
        self.until_claimed(batch)
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        self.until_replayed(batch)

    def rows_on_the_page(self) -> int:
        """The rows of the last day, as the page of all models tells them to a person."""
        browser = build_opener(HTTPCookieProcessor())
        form = browser.open(f"{self.running.url}/login").read().decode()
        (token,) = re.findall('name="csrfmiddlewaretoken" value="(.*?)"', form)
        login = {"csrfmiddlewaretoken": token, "username": "ada", "password": PASSWORD, "next": "/models"}
        models = browser.open(f"{self.running.url}/login", urlencode(login).encode()).read().decode()
        return int(re.findall(r'<td class="n">(\d+)</td>', models)[0])

    def counters(self) -> dict[str, int]:
        """What Cloud Monitoring is told, by symptom; "" are all predictions."""
        return dict(self._select("SELECT symptom, value FROM monitoring_predictioncounter"))

    def _claimed(self, batch: str) -> bool:
        """What no public door shows: whether a worker holds the batch."""
        ((claim,),) = self._select(f"SELECT claim FROM ingest_batch WHERE id = '{batch}'")  # noqa: S608 - the service's id
        return bool(claim)

    def _select(self, query: str) -> list[tuple[Any, ...]]:
        url = self._servers.get("DATABASE_URL")
        database: Any = psycopg2.connect(url) if url else sqlite3.connect(self._data_dir / "nanwatch.sqlite3")
        try:
            cursor = database.cursor()
            cursor.execute(query)
            return list(cursor.fetchall())
        finally:
            database.close()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, new_servers: NewServers) -> Iterator[Service]:
    """A service that has its model loaded: one batch is replayed already."""
    folder, servers = tmp_path_factory.mktemp("killed"), new_servers()
    model = folder / "model.keras"
    save_tutorial_model(model)
    with up(folder / "data", free_port(), NANWATCH_BOOTSTRAP_ADMIN=f"ada:{PASSWORD}", **servers) as running:
        running.ready()
        service = Service(running, folder / "data", servers)
        artifact = ("model.keras", model.read_bytes())
        Api(running.url, API_KEY).register({"name": "tutorial", "version": "1"}, {"artifact": artifact})
        service.until_replayed(service.post_rows())
        yield service


@pytest.mark.parametrize("program", ["gunicorn", WORKER, "--queues=default"])
def test_only_replayers_hold_tensorflow(service: Service, program: str) -> None:
    assert "libtensorflow" in service.maps("nantrace.replay.zygote")
    assert "numpy" in service.maps(program), "it has loaded the application"
    assert "tensorflow" not in service.maps(program)


def test_rows_count_once_whoever_is_killed(service: Service) -> None:
    models = service.frozen_replayers()
    service.kill_in_the_middle(*models)

    models = service.frozen_replayers()
    service.kill_in_the_middle(service.zygote())
    assert not [pid for pid in models if alive(pid)], "a frozen one does not notice that it is hung up on"

    family = [service.worker(), *descendants(service.worker())]
    service.frozen_replayers()
    service.kill_in_the_middle(service.worker())
    assert not [pid for pid in family if alive(pid)]

    batches = 4
    (incident,) = service.get("incidents")["results"]
    assert incident["rows"] == batches * FAILING
    assert service.counters() == {"": batches * len(ROWS), "absorbed": batches * FAILING}
    assert service.rows_on_the_page() == batches * len(ROWS)
