"""A real `manage.py up` on a data directory of its own with the tutorial's model, spoken to as serving code does."""

import contextlib
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from monitoring.demo.api import Api
from tests.operations.running import API_KEY, Running, free_port, up
from tests.operations.tutorial import save_tutorial_model

POLL_SECONDS = 0.02
PATIENCE = 180


class TutorialService:
    """The running service, which has replayed rows of its one model already."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self._posted = 0

    def post(self) -> str:
        """Posts three rows like no others before, two with a NaN; the id of their batch."""
        self._posted += 1
        one, nan = float(self._posted), float("nan")
        rows = [[one, 2.0, nan], [3.0, 4.0 + one, 5.0], [6.0, nan, 8.0 + one]]
        return str(self._call("samples", {"model": "tutorial", "version": "1", "inputs": rows})["batch"])

    def seconds_to_incident(self) -> float:
        """From before a POST until the batch says which incident its rows belong to."""
        started = time.perf_counter()
        self.until_incident(self.post())
        return time.perf_counter() - started

    def until_incident(self, batch: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            told = self._call(f"batches/{batch}")
            if told["state"] == "replayed" and told["incidents"]:
                return
            assert told["state"] == "pending", told
            assert time.monotonic() < deadline, self.running.output()
            time.sleep(POLL_SECONDS)

    def _call(self, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.running.url}/api/v1/{path}", data, headers)  # noqa: S310 - our own service
        with urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.load(answer)


@contextlib.contextmanager
def tutorial_service() -> Iterator[TutorialService]:
    """On SQLite and files, or on DATABASE_URL and REDIS_URL where both are set; the model is warm."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.keras"
        save_tutorial_model(model)
        with up(Path(folder) / "data", free_port()) as running:
            running.ready()
            fields = {"name": "tutorial", "version": "1"}
            Api(running.url, API_KEY).register(fields, {"artifact": (model.name, model.read_bytes())})
            service = TutorialService(running)
            service.until_incident(service.post())
            yield service
            running.interrupt()
