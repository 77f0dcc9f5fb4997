"""Malformed bodies by the thousand: `python -m benchmarks.fuzz_bodies [--bodies 24000] [--posts 2400] [--seed N]`.

Bodies of every format are damaged and given to its decoder, in this process; a share is posted to the service as `up`
starts it. A decoder may take a body or refuse it; whatever else it raises, a body that takes longer than a second, an
answer of 500 or above and a connection that breaks are faults: the body is kept in a file, and the exit code is 1.
"""

import argparse
import faulthandler
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from http.client import HTTPConnection, HTTPException
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from benchmarks.ingest_service import save_model, web_alone  # noqa: E402 - after Django
from monitoring.demo.api import Api  # noqa: E402
from tests.ingest.wires.collected import TARGETS  # noqa: E402
from tests.ingest.wires.format import Target  # noqa: E402
from tests.ingest.wires.fuzzing import damaged, survives  # noqa: E402
from tests.operations.running import API_KEY  # noqa: E402

SLOW_SECONDS = 1.0
SILENCE_SECONDS = 30


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bodies", type=int, default=24_000)
    parser.add_argument("--posts", type=int, default=2_400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "nanwatch-fuzzed")
    chosen = parser.parse_args()
    chosen.keep.mkdir(exist_ok=True)
    faulthandler.enable()
    faults = sum(_decoder(target, chosen.bodies // len(TARGETS), chosen.seed, chosen.keep) for target in TARGETS)
    if chosen.posts:
        faults += _posts(chosen.posts // len(TARGETS), chosen.seed, chosen.keep)
    print(f"{faults} faults" + (f", bodies in {chosen.keep}" if faults else ""))
    return 1 if faults else 0


def _decoder(target: Target, count: int, seed: int, keep: Path) -> int:
    one = random.Random(f"{seed} {target.name}")
    taken, faults, slowest = 0, 0, 0.0
    current = keep / "current"  # left behind when native code takes the process down
    for number in range(count):
        body = damaged(one, target)
        current.write_bytes(body)
        started = time.perf_counter()
        try:
            taken += survives(target, body)
        except Exception:  # noqa: BLE001 - that is what is looked for
            faults += 1
            traceback.print_exc()
            _keep(keep, target, number, body)
        seconds = time.perf_counter() - started
        slowest = max(slowest, seconds)
        if seconds > SLOW_SECONDS:
            faults += 1
            _keep(keep, target, number, body)
    current.unlink(missing_ok=True)
    print(f"{target.name:32} {count:6} bodies, {taken} taken, {faults} faults, slowest {1000 * slowest:.0f} ms")
    return faults


def _posts(count: int, seed: int, keep: Path) -> int:
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.keras"
        save_model(model)
        with web_alone(model) as service:
            named = {"name": "churn", "version": "7"}
            Api(service.url, API_KEY).register(named, {"artifact": (model.name, model.read_bytes())})
            port = int(service.url.rpartition(":")[2])
            return sum(_posted(target, port, count, seed, keep) for target in TARGETS)


def _posted(target: Target, port: int, count: int, seed: int, keep: Path) -> int:
    one = random.Random(f"{seed} {target.name} posted")
    answers: Counter[int] = Counter()
    headers = {**target.headers, "Authorization": f"Bearer {API_KEY}"}
    for number in range(count):
        body = damaged(one, target)
        status = _status(port, f"/api/v1{target.path}", body, headers)
        answers[status] += 1
        if not 200 <= status < 500:
            _keep(keep, target, number, body)
    shown = ", ".join(f"{count} x {status or 'no answer'}" for status, count in sorted(answers.items()))
    print(f"{target.name:32} posted: {shown}")
    return sum(count for status, count in answers.items() if not 200 <= status < 500)


def _status(port: int, path: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer; 0 when there was none in time."""
    connection = HTTPConnection("127.0.0.1", port, timeout=SILENCE_SECONDS)
    try:
        connection.request("POST", path, body, headers)
        return connection.getresponse().status
    except (HTTPException, OSError):
        return 0
    finally:
        connection.close()


def _keep(folder: Path, target: Target, number: int, body: bytes) -> None:
    (folder / f"{target.name.replace(' ', '-')}-{number}").write_bytes(body)


if __name__ == "__main__":
    sys.exit(main())
