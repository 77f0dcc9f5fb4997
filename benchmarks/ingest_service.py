"""What `benchmarks.ingest` measures: the web alone as `up` starts it, the whole service, and the bare application."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from benchmarks.ingest_bodies import FEATURES, MODEL, VERSION
from monitoring.demo.api import Api
from monitoring.supervision.programs import web
from nanwatch import gunicorn
from tests.operations.running import API_KEY, ROOT, Running, descendants, environment, free_port, up, wait_until

TICKS = os.sysconf("SC_CLK_TCK")
SAVE = f"""
import sys, keras
keras.Sequential(
    [keras.Input(({FEATURES},)), keras.layers.Dense(64, activation="relu"), keras.layers.Dense(1)]
).save(sys.argv[1])
"""


def save_model(path: Path) -> None:
    """A small network of FEATURES inputs, made by a process of its own: TensorFlow stays out of this one."""
    subprocess.run([sys.executable, "-c", SAVE, path], check=True, capture_output=True)


def cpu_seconds(running: Running) -> float:
    """What the process and its descendants have used: on a busy machine it says more than wall time."""
    pids = [running.process.pid, *descendants(running.process.pid)]
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(one[11]) + int(one[12]) for one in fields) / TICKS


def register(running: Running, model: Path) -> None:
    fields = {"name": MODEL, "version": VERSION}
    Api(running.url, API_KEY).register(fields, {"artifact": (model.name, model.read_bytes())})


@contextlib.contextmanager
def web_alone(model: Path) -> Iterator[Running]:
    """Database, keys and web, but nobody who replays: all of both cores is for taking batches in."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        variables = environment(Path(folder), port)
        if "WEB_CONCURRENCY" in os.environ:
            variables["WEB_CONCURRENCY"] = os.environ["WEB_CONCURRENCY"]
        subprocess.run([sys.executable, ROOT / "manage.py", "prepare"], env=variables, check=True, capture_output=True)
        with _started(web(listener.fileno()).command, variables, port, listener.fileno()) as running:
            wait_until(running.answers)
            register(running, model)
            yield running


@contextlib.contextmanager
def bare_app() -> Iterator[Running]:
    """The bare application under the very settings of gunicorn that the web has."""
    command = [
        *(sys.executable, "-m", "gunicorn", "--preload", f"--worker-class={gunicorn.worker_class}"),
        *(f"--workers={gunicorn.workers}", f"--threads={gunicorn.threads}", f"--keep-alive={gunicorn.keepalive}"),
        *("--log-level=warning", f"--worker-tmp-dir={gunicorn.worker_tmp_dir or tempfile.gettempdir()}"),
        "benchmarks.bare_app",
    ]
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        bind = f"--bind=fd://{listener.fileno()}"
        with _started((*command, bind), {**os.environ}, port, listener.fileno()) as running:
            yield running


@contextlib.contextmanager
def whole_service(model: Path) -> Iterator[Running]:
    """`manage.py up`: web, workers that replay, scheduler."""
    with (
        tempfile.TemporaryDirectory() as folder,
        _new_database() as variables,
        up(Path(folder), free_port(), **variables) as running,
    ):
        running.ready()
        register(running, model)
        yield running
        running.interrupt()


@contextlib.contextmanager
def _new_database() -> Iterator[dict[str, str]]:
    """A new one on the server of DATABASE_URL, whose own is full of batches of a model that is gone."""
    url = os.environ.get("DATABASE_URL")
    if url is None:  # a new folder has a new database
        yield {}
        return
    name = f"nanwatch_benchmark_{os.getpid()}"
    server = psycopg2.connect(url)
    server.autocommit = True
    with contextlib.closing(server), server.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        try:
            yield {"DATABASE_URL": urlsplit(url)._replace(path=f"/{name}").geturl()}
        finally:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextlib.contextmanager
def _started(command: tuple[str, ...], variables: dict[str, str], port: int, keep: int) -> Iterator[Running]:
    process = subprocess.Popen(command, env=variables, cwd=ROOT, pass_fds=(keep,), text=True, start_new_session=True)
    running = Running(process, f"http://127.0.0.1:{port}")
    try:
        yield running
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
