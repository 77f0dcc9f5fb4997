"""Services of Google's on loopback, each method a function of the state it keeps."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

import grpc

from monitoring.google_stand_in.cloud import BrokenRule, CloudStandIn

HOST = "127.0.0.1"
M = TypeVar("M")


class PortTakenError(Exception):
    """Another program listens there; the message names the port."""


class Method(NamedTuple):
    """`answer(cloud, message, context)`; `request` has `deserialize`, `serialize` makes bytes of what is answered."""

    request: Any
    serialize: Callable[[Any], bytes]
    answer: Callable[..., Any]


@contextmanager
def serving(cloud: CloudStandIn, services: Mapping[str, Mapping[str, Method]], port: int) -> Iterator[str]:
    """A running server with these methods by the names of their services; its `host:port`. Port 0 is any free one."""
    server = grpc.server(ThreadPoolExecutor(4), options=[("grpc.so_reuseport", 0)])
    for name, methods in services.items():
        handlers = {one: _handler(cloud, one, method) for one, method in methods.items()}
        handler = grpc.method_handlers_generic_handler(name, handlers)
        server.add_generic_rpc_handlers((handler,))
    endpoint = f"{HOST}:{_bound(server, port)}"
    server.start()
    try:
        yield endpoint
    finally:
        server.stop(grace=None).wait()


def updated(known: M, sent: M, paths: Sequence[str], context: Any) -> M:
    """`known` with the top-level fields that an update mask names, as they were sent; all of `sent` without a mask."""
    kind: Any = type(sent)
    changed: M = kind(known if paths else sent)
    for field in {path.split(".")[0] for path in paths}:
        if field not in kind.meta.fields:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"Field update_mask had an invalid value of {field!r}")
        setattr(changed, field, getattr(sent, field))
    return changed


def _bound(server: grpc.Server, port: int) -> int:
    try:
        return int(server.add_insecure_port(f"{HOST}:{port}"))
    except RuntimeError as error:
        raise PortTakenError(f"port {port} on {HOST} cannot be used: choose another one with --port") from error


def _handler(cloud: CloudStandIn, name: str, method: Method) -> Any:
    def answer(message: Any, context: grpc.ServicerContext) -> Any:
        with cloud.lock:
            try:
                return _answer(cloud, name, method, message, context)
            finally:
                _remember_refusal(cloud, name, context)

    return grpc.unary_unary_rpc_method_handler(answer, method.request.deserialize, method.serialize)


def _answer(cloud: CloudStandIn, name: str, method: Method, message: Any, context: grpc.ServicerContext) -> Any:
    trouble = cloud.faults[name].pop(0) if cloud.faults.get(name) else None
    if trouble and not trouble.after_storing:
        context.abort(trouble.code, trouble.message)
    answered = method.answer(cloud, message, context)
    if trouble:
        context.abort(trouble.code, trouble.message)
    return answered


def _remember_refusal(cloud: CloudStandIn, name: str, context: Any) -> None:
    if context.code():
        text = (context.details() or b"").decode(errors="replace")
        cloud.broken_rules.append(BrokenRule(cloud.clock(), name, context.code().name, text))
