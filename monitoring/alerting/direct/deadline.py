"""An end to a whole HTTP request. Timeouts of `requests` are for single pieces: a server that sends one byte every few
seconds would keep a worker busy for as long as it likes."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool


@contextmanager
def deadline(session: requests.Session, seconds: float) -> Iterator[None]:
    """Cuts off whatever the session connects to in the block, `seconds` after its beginning."""
    opened: list[socket.socket] = []
    for adapter in session.adapters.values():
        if isinstance(adapter, HTTPAdapter):
            pools = {
                "http": _remembering(HTTPConnectionPool, opened),
                "https": _remembering(HTTPSConnectionPool, opened),
            }
            adapter.poolmanager.pool_classes_by_scheme = pools
    timer = threading.Timer(seconds, _cut_off, [opened])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        for one in opened:
            one.close()


def _remembering(pool: Any, opened: list[socket.socket]) -> Any:
    """The same pool, whose connections leave a duplicate of their socket in `opened`: TLS takes the first one over."""

    class RememberedConnection(pool.ConnectionCls):  # type: ignore[misc]
        def _new_conn(self) -> socket.socket:
            made: socket.socket = super()._new_conn()
            opened.append(made.dup())
            return made

    return type(pool.__name__, (pool,), {"ConnectionCls": RememberedConnection})


def _cut_off(opened: list[socket.socket]) -> None:
    for one in opened:
        with suppress(OSError):  # it is closed already
            one.shutdown(socket.SHUT_RDWR)
