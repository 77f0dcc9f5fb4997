"""Tells NaNWatch what a model in production answers, without the serving code noticing.

Nothing here raises, blocks or grows: what cannot be done is counted, and said in the log at most once a minute.
"""

from collections.abc import Iterable
from typing import Any

from nanwatch_client.asgi import AsgiMiddleware
from nanwatch_client.client import Client, Statistics, current_client, install, recording_client
from nanwatch_client.configuration import MIB, BeforeSend, configured
from nanwatch_client.sender import logger
from nanwatch_client.version import VERSION
from nanwatch_client.watching import watch, watched
from nanwatch_client.wsgi import WsgiMiddleware

__all__ = ["AsgiMiddleware", "Statistics", "WsgiMiddleware", "flush", "init", "log", "statistics", "watch", "watched"]
__version__ = VERSION


def init(
    url: str,
    api_key: str,
    sample_rate: float = 0.01,
    max_queue_bytes: int = 64 * MIB,
    before_send: BeforeSend | None = None,
    redact: Iterable[object] = (),
    *,
    ask_metadata_server: bool = False,
) -> None:
    """Starts recording; before it, and where its arguments are wrong (the log says how), nothing is recorded.

    `sample_rate`: the share of healthy rows that is sent; rows with NaN or an infinity are always.
    `max_queue_bytes`: the most memory that waiting rows and the batch being sent may take in this process.
    `before_send`: called with each batch in the sending thread, as `{"model", "version", "arrays", "ids",
    "environment"}`; returns it, changed or not, or None to drop its rows.
    `redact`: names of inputs, `(name, index)` of a feature or its index alone: sent as 0, or as NaN where it is.
    `ask_metadata_server`: ask Google Cloud's metadata server for the machine type.
    """
    try:
        given = (url, api_key, sample_rate, max_queue_bytes, before_send, redact, ask_metadata_server)
        install(Client(configured(*given)))
    except (TypeError, ValueError) as error:
        logger.error("NaNWatch records nothing: %s", error)


def log(inputs: Any, outputs: Any = None, *, model: str, version: str, id: object = None) -> None:  # noqa: A002
    """Records one prediction, or a batch of them.

    Less than two axes are one row; with more, the first axis is that of the rows. Several inputs, or the columns of
    one: a dict of arrays by name, a list of dicts, or a frame. `outputs`: what the model answered. `id`: the caller's
    own id of the row, or a list of them.
    """
    client = recording_client()
    if client is not None:
        client.log(inputs, outputs, model, version, id)


def flush(timeout: float = 5.0) -> bool:
    """Waits until everything that was logged has been sent; False when it was not within `timeout` seconds.

    False too where the service refused rows since the last flush; the log says why, and `statistics()` how many.
    """
    client = current_client()
    return client is None or client.flush(timeout)


def statistics() -> Statistics:
    """What became of the rows that were kept."""
    client = current_client()
    return Statistics(0, 0, 0, 0, 0) if client is None else client.statistics()
