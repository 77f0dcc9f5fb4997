"""A serving thread beside a service that is alive or not: `python -m benchmarks.client_serving KIND SECONDS`.

The thread answers a small model's requests as fast as it can and logs each, every row is kept: the queue fills within
seconds, so that the bound is what is measured. `benchmarks.client` runs it once for each kind of service.
"""

import gzip
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import nanwatch_client
import numpy as np

from benchmarks.client import NOWHERE

QUEUE = 16 * 2**20
RATE = 1000  # requests a second


def main() -> None:
    kind, seconds = sys.argv[1], float(sys.argv[2])
    with service(kind) as url:
        if kind != "none":
            nanwatch_client.init(url, "key", sample_rate=1.0, max_queue_bytes=QUEUE)
        serve(2.0)
        before = resident()
        latencies = serve(seconds)
        grown = resident() - before
    told = nanwatch_client.statistics()
    p50, p99, p999 = 1e6 * np.quantile(latencies, (0.5, 0.99, 0.999))
    print(
        f"service {kind:8} request p50 {p50:6.1f} us, p99 {p99:6.1f}, p99.9 {p999:7.1f}; "
        f"memory {grown / 2**20:+6.1f} MiB (bound {QUEUE / 2**20:.0f}); "
        f"sent {told.delivered:,}, waiting {told.queued:,}, dropped {told.dropped:,}",
        flush=True,
    )
    os._exit(0)  # what waits for a dead service is not waited for


def serve(seconds: float) -> list[float]:
    """Seconds that each request took, its log included."""
    weights = np.random.default_rng(1).random((30, 256), np.float32)
    row = np.random.default_rng(2).random((1, 30), np.float32)
    latencies: list[float] = []
    started = time.perf_counter()
    while (start := time.perf_counter()) < started + seconds:
        answer = np.tanh(row @ weights @ weights.T)
        nanwatch_client.log(row, answer, model="churn", version="7", id="request-1")
        latencies.append(time.perf_counter() - start)
        time.sleep(max(0.0, 1 / RATE - latencies[-1]))
    return latencies


@contextmanager
def service(kind: str) -> Iterator[str]:
    """Its URL; what is alive is another process."""
    if kind == "hangs":
        with socket.create_server(("127.0.0.1", 0), backlog=100) as listening:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    elif kind == "alive":
        ours, theirs = get_context("spawn").Pipe()
        process = get_context("spawn").Process(target=take_everything, args=(theirs,), daemon=True)
        process.start()
        yield f"http://127.0.0.1:{ours.recv()}"
        process.kill()
    else:
        yield NOWHERE


def take_everything(tell: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    tell.send(server.server_port)
    server.serve_forever()


class Taking(BaseHTTPRequestHandler):
    """Answers 202 to whatever is gzip."""

    def do_POST(self) -> None:
        gzip.decompress(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(202)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def resident() -> int:
    """Bytes (proc_pid_statm(5))."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
