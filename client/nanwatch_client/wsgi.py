"""WSGI middleware (Flask, Django): PEP 3333."""

from collections.abc import Callable, Iterable
from typing import Any

from nanwatch_client.request_scope import ID_HEADERS, request_scope

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_ID_KEYS = tuple("HTTP_" + name.upper().replace("-", "_") for name in ID_HEADERS)


class WsgiMiddleware:
    """Gives the rows that are logged in a request its id, and remembers an answer of 5xx."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Passes everything on; what a streamed answer logs after its start has no request any more."""
        request_id = next((environ[key] for key in _ID_KEYS if environ.get(key)), "")
        with request_scope(request_id) as request:

            def watched_start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
                request.status = int(status[:3]) if status[:3].isdigit() else None
                return start_response(status, headers, *rest)

            return self._app(environ, watched_start)
