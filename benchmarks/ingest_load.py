"""A load generator that costs little: kept connections, requests made beforehand, answers hardly read."""

import math
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Load:
    """What one run saw: answers by status, their bodies, the seconds that each took, the server's CPU seconds."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    bodies: list[bytes] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    @property
    def accepted_per_second(self) -> float:
        return self.statuses[202] / self.seconds

    @property
    def cpu_milliseconds(self) -> float:
        """Of the server, for each answer."""
        return 1e3 * self.cpu_seconds / len(self.latencies)

    def percentile(self, share: float) -> float:
        """The latency in milliseconds that this share of the requests did not exceed."""
        ordered = sorted(self.latencies)
        return 1e3 * ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def run_load(port: int, request: bytes, connections: int, seconds: float) -> Load:
    """Sends `request` again and again over each connection, the next one as soon as the last is answered."""
    load, lock = Load(), threading.Lock()
    started = time.perf_counter()
    end = started + seconds

    def caller() -> None:
        statuses, bodies, latencies = [], [], []
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while (before := time.perf_counter()) < end:
                connection.sendall(request)
                status, body = _answer(connection)
                latencies.append(time.perf_counter() - before)
                statuses.append(status)
                bodies.append(body)
        with lock:
            load.statuses.update(statuses)
            load.bodies += bodies
            load.latencies += latencies

    callers = [threading.Thread(target=caller) for _ in range(connections)]
    for thread in callers:
        thread.start()
    for thread in callers:
        thread.join()
    load.seconds = time.perf_counter() - started
    return load


def _answer(connection: socket.socket) -> tuple[int, bytes]:
    """The status and the body of one answer with a Content-Length."""
    received = b""
    while (head_end := received.find(b"\r\n\r\n")) < 0:
        received += _some(connection)
    head = received[:head_end].lower()
    length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    while len(received) < head_end + 4 + length:
        received += _some(connection)
    return int(head.split(b" ", 2)[1]), received[head_end + 4 :]


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the service closed the connection in the middle of an answer")
    return data
