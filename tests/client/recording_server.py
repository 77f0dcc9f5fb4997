"""A strict service: it takes what the contract says, keeps every batch once, and answers as it is told."""

import gzip
import io
import json
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

KEY = "nw_key-of-the-tests"


@dataclass
class Batch:
    """A batch as it came."""

    fields: dict[str, Any]
    arrays: dict[str, Any]
    key: str

    @property
    def rows(self) -> int:
        return len(self.arrays["inputs"]) if "inputs" in self.arrays else 0

    @property
    def ids(self) -> list[str]:
        return [one.decode() for one in self.arrays["ids"].tolist()] if "ids" in self.arrays else []


@dataclass
class Recording:
    """What came, and what to answer: (status, headers) of the next posts, then 202."""

    url: str
    batches: list[Batch] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)  # the idempotency key of every post, taken or not
    visits: list[str] = field(default_factory=list)  # authorization of every GET, which no client makes
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    lose_answers: int = 0  # of that many posts that were taken

    @property
    def ids(self) -> list[str]:
        return [one for batch in self.batches for one in batch.ids]

    @property
    def rows(self) -> int:
        return sum(batch.rows for batch in self.batches)

    def counted(self, name: str) -> int:
        return sum(int(batch.fields["counts"][name]) for batch in self.batches)


class RecordingServer(ThreadingHTTPServer):
    """One post at a time is taken."""

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.recording = Recording(f"http://127.0.0.1:{self.server_port}")
        self.lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    """Takes samples; whatever breaks the contract is a 400."""

    protocol_version = "HTTP/1.1"
    server: RecordingServer

    def do_POST(self) -> None:
        recording = self.server.recording
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            status, headers = self._taken(recording, body)
        if recording.lose_answers and status == 202:
            recording.lose_answers -= 1
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def do_GET(self) -> None:
        self.server.recording.visits.append(self.headers["Authorization"])
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _taken(self, recording: Recording, body: bytes) -> tuple[int, dict[str, str]]:
        if self.headers["Authorization"] != f"Bearer {KEY}":
            return 401, {}
        key = self.headers["Idempotency-Key"]
        recording.posts.append(key)
        if recording.answers:
            return recording.answers.pop(0)
        if key in {batch.key for batch in recording.batches}:
            return 202, {}
        try:
            assert self.path == "/api/v1/samples"
            recording.batches.append(decoded(body, self.headers, key))
        except Exception:  # noqa: BLE001 - told to the client, as a service would
            traceback.print_exc()
            return 400, {}
        return 202, {}

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def recording_server(port: int = 0) -> Iterator[Recording]:
    """Listens on a port of the loopback."""
    server = RecordingServer(port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.recording
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def decoded(body: bytes, headers: Message, key: str) -> Batch:
    """Reads a body as the contract describes it."""
    assert headers["Content-Encoding"] == "gzip"
    plain = gzip.decompress(body)
    if headers["Content-Type"] == "application/json":
        return Batch(json.loads(plain), {}, key)
    assert headers["Content-Type"] == "application/x-npz"
    with np.load(io.BytesIO(plain), allow_pickle=False) as archive:
        arrays = dict(archive)
    header = headers["X-NaNWatch-Batch"]
    assert len(header) < 8000, "gunicorn takes no longer header"
    return Batch(json.loads(header), arrays, key)
