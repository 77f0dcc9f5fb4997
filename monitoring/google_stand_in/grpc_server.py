"""Services of Google's on loopback, each method a function of the state it keeps."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple

import grpc


class Method(NamedTuple):
    """`answer(state, message, context)`; `request` has `deserialize`, `serialize` makes bytes of what is answered."""

    request: Any
    serialize: Callable[[Any], bytes]
    answer: Callable[..., Any]


@contextmanager
def serving(state: Any, services: Mapping[str, Mapping[str, Method]]) -> Iterator[str]:
    """A running server with these methods by the names of their services; its `host:port`."""
    server = grpc.server(ThreadPoolExecutor(4))
    for name, methods in services.items():
        handlers = {one: _handler(state, method) for one, method in methods.items()}
        handler = grpc.method_handlers_generic_handler(f"google.monitoring.v3.{name}", handlers)
        server.add_generic_rpc_handlers((handler,))
    endpoint = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield endpoint
    finally:
        server.stop(grace=None).wait()


def _handler(state: Any, method: Method) -> Any:
    return grpc.unary_unary_rpc_method_handler(
        lambda message, context: method.answer(state, message, context), method.request.deserialize, method.serialize
    )
