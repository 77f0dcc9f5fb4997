"""The second half of `benchmarks.ingest`: batches come in while the workers replay as fast as they can."""

import json
import time
from pathlib import Path
from urllib.request import Request, urlopen

from benchmarks.ingest_load import Load, run_load
from benchmarks.ingest_service import whole_service
from tests.operations.running import API_KEY, Running

PATIENCE = 1800  # seconds


def measure_during_replays(model: Path, body: bytes, rows: int, seconds: float, connections: int) -> tuple[Load, str]:
    """The load during replays, and a sentence: how many of the accepted batches were replayed, and when."""
    with whole_service(model) as running:
        port = int(running.url.rpartition(":")[2])
        first = run_load(port, body, 1, 0.01)
        _until_replayed(running, _ids(first), time.monotonic() + PATIENCE)  # the model is warm
        load = run_load(port, body, connections, seconds)
        started = time.monotonic()
        waiting = _ids(load)
        left = _waiting(running, waiting)
        replayed = _until_replayed(running, left, started + PATIENCE)
        lost = len(left) - replayed
        drained = time.monotonic() - started
        return load, (
            f"{len(waiting) - len(left)} of {len(waiting)} batches replayed by the end of the load, "
            f"{lost} lost, the rest drained in {drained:.0f} s ({replayed * rows / max(drained, 1e-9):,.0f} rows/s)"
        )


def _ids(load: Load) -> list[str]:
    return [json.loads(body)["batch"] for body in load.bodies if b'"batch"' in body]


def _until_replayed(running: Running, batches: list[str], deadline: float) -> int:
    """Waits for all of them; how many were replayed before the deadline."""
    left = batches
    while left and time.monotonic() < deadline:
        time.sleep(1)
        if _state(running, left[-1]) == "pending":  # the newest: not worth asking for each
            continue
        left = _waiting(running, left)
    return len(batches) - len(left)


def _waiting(running: Running, batches: list[str]) -> list[str]:
    return [batch for batch in batches if _state(running, batch) == "pending"]


def _state(running: Running, batch: str) -> str:
    request = Request(f"{running.url}/api/v1/batches/{batch}", headers={"Authorization": f"Bearer {API_KEY}"})  # noqa: S310
    with urlopen(request, timeout=60) as answer:  # noqa: S310 - our own service
        return str(json.load(answer)["state"])
