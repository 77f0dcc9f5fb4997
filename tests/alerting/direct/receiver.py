"""A server on loopback that keeps what was posted to it, and answers as it is asked to."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Posted:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """`answers`: status, headers and body of the next ones; then 200 and `{"ok": true}`.

    One that `is_slow` sends the first bytes of its answers 50 ms apart.
    """

    url: str
    posted: list[Posted] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    is_slow: bool = False
    close: Callable[[], None] = lambda: None

    def answers_once(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"{}") -> None:
        self.answers.append((status, headers or {}, body))


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.posted.append(Posted(self.path, dict(self.headers), body))
            status, headers, answer = receiver.answers.pop(0) if receiver.answers else (200, {}, b'{"ok": true}')
            named = {"Content-Type": "application/json", "Content-Length": str(len(answer)), **headers}
            lines = [f"HTTP/1.0 {status} as asked", *(f"{name}: {value}" for name, value in named.items()), "", ""]
            with suppress(OSError):  # the caller has gone
                self.wfile.write(self.first_bytes(b"HTTP/1.0 "))
                self.wfile.write("\r\n".join(lines).encode().removeprefix(b"HTTP/1.0 ") + answer)

        def first_bytes(self, start: bytes) -> bytes:
            """What is left of them to send."""
            while receiver.is_slow and start:
                self.wfile.write(start[:1])
                start = start[1:]
                time.sleep(0.05)
            return start

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
            """Tests stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver = Receiver(f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()

    def close() -> None:
        server.shutdown()
        server.server_close()

    receiver.close = close
    try:
        yield receiver
    finally:
        close()
