"""Memory that one batch or reference takes of the replay worker: `python -m benchmarks.worker_memory [--only NAME]`.

A real `manage.py up`, spoken to as serving code does. The peak is the kernel's own (VmHWM of proc(5), set back before
each), above what the worker held before; `children` is the largest sum of what they held, asked for every 50 ms.
"""

import argparse
import io
import json
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import numpy as np

from benchmarks.memory import megabytes
from benchmarks.service import PATIENCE
from monitoring.demo.api import Api
from tests.operations.running import API_KEY, Running, free_port, up, wait_until
from tests.replay.models import build_models

MIB = 2**20
NAN = float("nan")
PLAIN = "mlp.keras"


@dataclass(frozen=True)
class Attack:
    """A model, the rows posted to it, and the files of its registration; without rows the profile is measured."""

    model: str
    rows: Callable[[], Mapping[str, Any] | bytes] | None = None
    files: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)


def numbers(count: int = 1, value: float = NAN) -> Mapping[str, Any]:
    return {"inputs": [[value]] * count}


def packed(array: "np.ndarray[Any, Any]", *, compressed: bool = True) -> bytes:
    file = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(file, inputs=array)
    return file.getvalue()


def zeros_of(mebibytes: int) -> "np.ndarray[Any, Any]":
    return np.zeros((mebibytes * MIB // 12, 3), np.float32)


def with_gaps(dtype: type, mebibytes: int) -> "np.ndarray[Any, Any]":
    rows = min(100_000, mebibytes * MIB // np.dtype(dtype).itemsize // 3)
    array: np.ndarray[Any, Any] = np.ones((rows, 3), dtype)
    if array.dtype.kind == "f":
        array[::2, 1] = np.nan
    return array


ATTACKS = {
    "output of 4 MB a row": Attack("answers_4_mb", numbers),
    "output of 20 MB a row": Attack("answers_20_mb", numbers),
    "output of 400 MB a row": Attack("answers_400_mb", numbers),
    "output of 4 GB a row": Attack("answers_4_gb", numbers),
    "64 rows of 4 MB": Attack("answers_4_mb", lambda: numbers(64)),
    "64 rows of 20 MB": Attack("answers_20_mb", lambda: numbers(64)),
    "10,000 rows of 4 MB": Attack("answers_4_mb", lambda: numbers(10_000, 1.0)),
    "text of 16 MB a row": Attack("answers_long_texts", numbers),
    "100,000 rows, half with NaN": Attack(PLAIN, lambda: packed(with_gaps(np.float32, 64))),
    "reference of 121 KiB packed": Attack(PLAIN, files={"reference": lambda: packed(zeros_of(121))}),
    "reference of 1 GiB unpacked": Attack(PLAIN, files={"reference": lambda: packed(zeros_of(1024))}),
}


class Service:
    """The running service and its replay worker."""

    def __init__(self, running: Running, models: Path) -> None:
        self.running, self._models = running, models
        self.worker = self.replay_worker()

    def replay_worker(self) -> int:
        """The process that replays; one that was killed is started again."""
        wait_until(lambda: any("--queues=replay" in command for command in self.running.processes().values()))
        return self.running.one("--queues=replay")

    def register(self, name: str, attack: Attack) -> None:
        path = self._models / attack.model
        if path.is_dir():
            path = Path(shutil.make_archive(str(path), "zip", path))
        files = {kind: (f"{kind}.npz", content()) for kind, content in attack.files.items()}
        Api(self.running.url, API_KEY).register(
            {"name": name, "version": "1"}, {"artifact": (path.name, path.read_bytes()), **files}
        )

    def profiled(self, name: str) -> str:
        return self._until(lambda: str(self._call(f"models/{name}/versions/1")["audit"]["state"]))

    def post(self, name: str, rows: Mapping[str, Any] | bytes) -> str:
        """The state of the batch, and why it failed."""
        header = {"model": name, "version": "1"}
        if isinstance(rows, bytes):
            headers = {"Content-Type": "application/x-npz", "X-NaNWatch-Batch": json.dumps(header)}
            batch = self._call("samples", rows, headers)
        else:
            batch = self._call("samples", json.dumps({**header, **rows}).encode(), {"Content-Type": "application/json"})
        path = f"batches/{batch['batch']}"
        state = self._until(lambda: str(self._call(path)["state"]))
        found = self._call(path)
        return f"{state} {found['incidents']} {found['failure']}"

    def _until(self, state: Callable[[], str]) -> str:
        deadline = time.monotonic() + 3 * PATIENCE
        while (now := state()) == "pending" and time.monotonic() < deadline:
            time.sleep(0.2)
        return now

    def _call(self, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Any:
        every = {"Authorization": f"Bearer {API_KEY}", **(headers or {})}
        with urlopen(Request(f"{self.running.url}/api/v1/{path}", body, every), timeout=120) as answer:  # noqa: S310
            return json.load(answer)


class Peak:
    """What the worker and its children held at most while the block ran, in MB."""

    def __init__(self, running: Running, worker: int) -> None:
        self._running, self._worker, self.children = running, worker, 0.0
        self._before = megabytes(worker, "Rss")
        Path(f"/proc/{worker}/clear_refs").write_text("5")

    def watch(self, over: threading.Event) -> None:
        while not over.wait(0.05):
            pids = [pid for pid, command in self._running.processes().items() if "nantrace.replay.zygote" in command]
            self.children = max(self.children, sum(held(pid) for pid in pids))

    @property
    def worker(self) -> float:
        status = Path(f"/proc/{self._worker}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024 - self._before


def held(pid: int) -> float:
    try:
        return megabytes(pid, "Pss")
    except OSError:
        return 0.0


@contextmanager
def measured(service: Service) -> Iterator[Peak]:
    peak, over = Peak(service.running, service.worker), threading.Event()
    thread = threading.Thread(target=peak.watch, args=(over,))
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def run(service: Service, name: str, attack: Attack) -> None:
    model = "".join(one if one.isalnum() else "-" for one in name)
    started = time.perf_counter()
    if attack.rows is None:
        with measured(service) as peak:
            service.register(model, attack)
            end = service.profiled(model)
    else:
        service.register(model, attack)
        service.profiled(model)
        with measured(service) as peak:
            end = service.post(model, attack.rows())
    seconds = time.perf_counter() - started
    alive = service.worker in service.running.processes()
    worker = f"{peak.worker:6.0f}" if alive else "killed"
    print(f"{name:30} worker +{worker} MB  children {peak.children:6.0f} MB  {seconds:5.0f} s  {end[:240]}", flush=True)
    service.worker = service.replay_worker()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=tuple(ATTACKS), action="append")
    chosen = parser.parse_args().only or list(ATTACKS)
    with tempfile.TemporaryDirectory() as folder:
        models = build_models(Path(folder), *{ATTACKS[name].model for name in chosen})
        with up(Path(folder) / "data", free_port()) as running:
            service = Service(running.ready(), models)
            for name in chosen:
                run(service, name, ATTACKS[name])
            running.interrupt()


if __name__ == "__main__":
    main()
