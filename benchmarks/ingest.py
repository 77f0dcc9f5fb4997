"""How fast batches are taken in: `python -m benchmarks.ingest [--seconds N] [--dtype float32]`.

Real gunicorn as `up` starts it, real keys and checks, each batch committed before its 202. The load generator runs
on the same cores. Every figure comes with that of a bare WSGI application that only parses the same body, under the
same gunicorn settings. With DATABASE_URL and REDIS_URL the service runs on these: on an empty database and, while it
replays, on a new one that is made on the same server.
"""

import argparse
import os
import tempfile
from pathlib import Path

from benchmarks.ingest_bodies import NAN_SHARE, ROWS, arrow_body, json_body, npz_body, request
from benchmarks.ingest_load import Load, run_load
from benchmarks.ingest_replay import measure_during_replays
from benchmarks.ingest_service import bare_app, cpu_seconds, save_model, web_alone
from tests.operations.running import API_KEY, Running

JSON, NPZ, ARROW = "application/json", "application/x-npz", "application/vnd.apache.arrow.stream"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--connections", type=int, default=6)
    parser.add_argument("--dtype", default="float64", choices=["float32", "float64"])
    parser.add_argument("--only", choices=["npz", "arrow", "json", "single"], action="append")
    parser.add_argument("--skip-replays", action="store_true")
    chosen = parser.parse_args()
    print(f"on {'PostgreSQL and Redis' if 'REDIS_URL' in os.environ else 'SQLite and files'}, {chosen.dtype} arrays")
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.keras"
        save_model(model)
        kinds = {
            "npz": (ROWS, request(npz_body(ROWS, chosen.dtype), NPZ, API_KEY)),
            "arrow": (ROWS, request(arrow_body(ROWS, chosen.dtype), ARROW, API_KEY)),
            "json": (ROWS, request(json_body(ROWS, NAN_SHARE), JSON, API_KEY)),
            "single": (1, request(json_body(1, 0.0), JSON, API_KEY)),
        }
        alone = {}
        with web_alone(model) as service, bare_app() as bare:
            for kind in chosen.only or kinds:
                rows, body = kinds[kind]
                alone[kind] = _measured(service, body, chosen)
                _print(kind, rows, alone[kind], _measured(bare, body, chosen))
        if not chosen.skip_replays:
            rows, body = kinds["json"]
            load, fate = measure_during_replays(model, body, rows, chosen.seconds, chosen.connections)
            share = f", {load.accepted_per_second / alone['json'].accepted_per_second:.0%} of alone" if alone else ""
            print(
                f"json during replays: {load.accepted_per_second:.0f} requests/s "
                f"{load.accepted_per_second * rows:,.0f} rows/s{share}, p99 {load.percentile(0.99):.0f} ms; {fate}"
            )


def _measured(running: Running, body: bytes, chosen: argparse.Namespace) -> Load:
    port = int(running.url.rpartition(":")[2])
    run_load(port, body, chosen.connections, min(1.0, chosen.seconds))
    before = cpu_seconds(running)
    load = run_load(port, body, chosen.connections, chosen.seconds)
    load.cpu_seconds = cpu_seconds(running) - before
    return load


def _print(kind: str, rows: int, load: Load, bare: Load) -> None:
    speed = load.accepted_per_second
    refused = {status: count for status, count in load.statuses.items() if status != 202}
    print(
        f"{kind:<6} {speed:7.0f} requests/s {speed * rows:9,.0f} rows/s  p50 {load.percentile(0.5):5.1f} ms  "
        f"p99 {load.percentile(0.99):5.1f} ms  CPU {load.cpu_milliseconds:5.2f} ms  "
        f"bare {bare.accepted_per_second:5.0f} requests/s, CPU {bare.cpu_milliseconds:5.2f} ms  "
        f"ratio {speed / bare.accepted_per_second:.2f}{f'  other answers {refused}' if refused else ''}",
        flush=True,
    )


if __name__ == "__main__":
    main()
