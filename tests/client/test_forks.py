"""Forks and exits: every kept row arrives exactly once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import ANY

from tests.client.recording_server import Recording
from tests.client.serving import post, run, server
from tests.operations.running import free_port

PREDICTIONS = 3_000
START = """
import math, os, sys, time
import nanwatch_client
nanwatch_client.init(os.environ["NANWATCH_URL"], os.environ["NANWATCH_API_KEY"], sample_rate=1.0)
def log(name):
    value = math.nan if name.endswith("0") else 1.0
    nanwatch_client.log([value, 1.0], 0.5, model="churn", version="7", id=name)
"""
APP = (
    START
    + """
log("preload")

def app(environ, start_response):
    log(environ["PATH_INFO"])
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]
"""
)


def test_rows_leave_at_exit(service: Recording) -> None:
    ended = run(START + "log('last')", service.url)

    assert (ended.returncode, service.ids) == (0, ["last"]), ended.stderr


def test_an_exit_does_not_wait_for_ever() -> None:
    ended = run(START + "log('last')", f"http://127.0.0.1:{free_port()}")

    assert ended.returncode == 0, ended.stderr


def test_an_exit_by_exception_too(service: Recording) -> None:
    ended = run(START + "log('last'); raise SystemExit(3)", service.url)

    assert (ended.returncode, service.ids) == (3, ["last"])


def test_a_fork_sends_its_own_rows_only(service: Recording) -> None:
    script = """
for number in range(50):
    log(f"parent-{number}")
children = []
for child in range(4):
    pid = os.fork()
    if not pid:
        for number in range(50):
            log(f"child-{child}-{number}")
        sys.exit(0)
    children.append(pid)
log("parent-last")
for pid in children:
    os.waitpid(pid, 0)
"""
    ended = run(START + script, service.url)

    assert ended.returncode == 0, ended.stderr
    expected = {f"child-{child}-{number}" for child in range(4) for number in range(50)}
    expected |= {f"parent-{number}" for number in range(50)} | {"parent-last"}
    assert sorted(service.ids) == sorted(expected)
    assert service.counted("predictions") == len(expected)


def test_a_watched_model_belongs_to_the_process_that_calls_it(service: Recording) -> None:
    script = """
model = nanwatch_client.watch(lambda rows: [0.5] * len(rows), model="churn", version="7")
model([[1.0], [math.nan]])
for child in range(2):
    pid = os.fork()
    if not pid:
        model([[2.0 + child]])
        sys.exit(0)
    os.waitpid(pid, 0)
model([[4.0]])
"""
    ended = run(START + script, service.url)

    assert ended.returncode == 0, ended.stderr
    sent = [row for batch in service.batches for row in batch.arrays["inputs"].ravel().tolist()]
    assert sorted(sent, key=str) == [1.0, 2.0, 3.0, 4.0, ANY]
    assert (service.counted("predictions"), service.counted("nonfinite")) == (5, 1)


def test_a_fork_while_other_threads_log(service: Recording) -> None:
    """The lock of a thread that is not there in the child must not stop the child."""
    script = """
import threading
stop = False
def serve(name):
    for number in range(3000):
        log(f"{name}-{number}")
threads = [threading.Thread(target=serve, args=(f"t{one}",)) for one in range(3)]
import nanwatch_client.stream as stream
stream.FAILING_A_MINUTE = 10**9
for thread in threads: thread.start()
for child in range(20):
    pid = os.fork()
    if not pid:
        log(f"child-{child}")
        nanwatch_client.flush(30)
        os._exit(0)
    os.waitpid(pid, 0)
for thread in threads: thread.join()
nanwatch_client.flush(60)
"""
    ended = run(START + script, service.url)

    assert ended.returncode == 0, ended.stderr
    expected = {f"t{one}-{number}" for one in range(3) for number in range(3000)} | {f"child-{i}" for i in range(20)}
    assert len(service.ids) == len(expected)
    assert set(service.ids) == expected


def test_under_gunicorn_with_preload(service: Recording, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    command = ("gunicorn", "--preload", "--workers=4", "--bind=127.0.0.1:PORT", "--log-level=warning", "app:app")
    with server(tmp_path, service.url, *command) as url, ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(lambda number: post(f"{url}/r{number}", ""), range(PREDICTIONS)))

    assert {status for status, _ in answers} == {200}
    expected = {f"/r{number}" for number in range(PREDICTIONS)} | {"preload"}
    assert len(service.ids) == len(expected)
    assert set(service.ids) == expected
    assert service.counted("predictions") == len(expected)
    assert service.counted("nonfinite") == PREDICTIONS // 10
