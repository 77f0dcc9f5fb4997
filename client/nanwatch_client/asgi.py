"""ASGI middleware (FastAPI, Starlette, Quart): https://asgi.readthedocs.io/en/latest/specs/www.html."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from nanwatch_client.client import flush_at_exit
from nanwatch_client.request_scope import ID_HEADERS, request_scope

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_ID_HEADERS = tuple(name.encode() for name in ID_HEADERS)


class AsgiMiddleware:
    """Gives the rows that are logged in a request its id, and remembers an answer of 5xx.

    The rows are those that the model answered, before anything is serialised: FastAPI answers 500 when an answer
    holds NaN, and the rows that led to it are known nevertheless.
    """

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on. Servers that end by a signal run no `atexit`: rows leave at the lifespan's end."""
        if scope["type"] == "lifespan":
            await self._app(scope, _flushed_at_shutdown(receive), send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with request_scope(_id_of(scope)) as request:

            async def watched_send(message: Message) -> None:
                if message["type"] == "http.response.start":
                    request.status = message.get("status")
                await send(message)

            await self._app(scope, receive, watched_send)


def _flushed_at_shutdown(receive: Receive) -> Receive:
    async def watched_receive() -> Message:
        message = await receive()
        if message["type"] == "lifespan.shutdown":
            flush_at_exit()  # all connections are closed by now: nobody waits
        return message

    return watched_receive


def _id_of(scope: Scope) -> str:
    headers = {name.lower(): value for name, value in scope.get("headers", ())}
    return next((headers[name].decode("latin-1") for name in _ID_HEADERS if headers.get(name)), "")
