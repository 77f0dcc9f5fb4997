"""What `up` takes for itself before it starts anything: the data directory and the port."""

import contextlib
import fcntl
import os
import socket
from collections.abc import Iterator
from pathlib import Path


class InUseError(Exception):
    """Another process holds what is needed; the message says which and what to do."""


@contextlib.contextmanager
def data_dir_held(data_dir: Path) -> Iterator[None]:
    """Holds the data directory; the kernel lets it go when this process ends, however it ends."""
    with (data_dir / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise InUseError(
                f"NaNWatch runs on {data_dir} already (process {holder}): stop that one, "
                "or set NANWATCH_DATA_DIR to another directory"
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def free_pair_of_ports(first: int, host: str = "127.0.0.1") -> int:
    """The lower of two neighbours, from `first` on, at which nothing listens; raises InUseError after a hundred."""
    for port in range(first, first + 100, 2):
        with contextlib.suppress(OSError), socket.socket() as one, socket.socket() as other:
            one.bind((host, port))
            other.bind((host, port + 1))
            return port
    raise InUseError(f"ports {first} to {first + 99} on {host} are all in use: set NANWATCH_PORT to another port")


@contextlib.contextmanager
def port_held(host: str, port: int) -> Iterator[socket.socket]:
    """A socket bound to the address, for the web processes to listen on; it outlives a crash of theirs."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise InUseError(
            f"NANWATCH_HOST is {host!r}, which is no address of this machine ({error.strerror})"
        ) from error
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError as error:
            raise InUseError(
                f"port {port} on {host} cannot be used ({error.strerror}): stop what listens there, "
                "or set NANWATCH_PORT to another port"
            ) from error
        listener.listen()  # early callers wait for the web instead of being turned away
        yield listener
