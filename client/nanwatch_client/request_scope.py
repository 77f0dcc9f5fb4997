"""The web request in which rows are logged: their id where they have none, and how it was answered."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ID_HEADERS = ("x-request-id", "x-correlation-id", "x-cloud-trace-context", "traceparent")


class Request:
    """`status` is None until the answer starts; a request that ends in an exception was answered 500."""

    __slots__ = ("id", "status")

    def __init__(self, request_id: str) -> None:
        self.id = request_id
        self.status: int | None = None

    @property
    def failed(self) -> bool:
        """Whether the caller got no prediction: the answer was a 5xx."""
        return self.status is not None and self.status >= 500


current: ContextVar[Request | None] = ContextVar("nanwatch_request", default=None)


@contextmanager
def request_scope(request_id: str) -> Iterator[Request]:
    """Rows that are logged inside belong to this request, in threads and tasks with its context too."""
    request = Request(request_id or uuid.uuid4().hex)
    token = current.set(request)
    try:
        yield request
    except Exception:
        if request.status is None:  # else the answer had begun
            request.status = 500
        raise
    finally:
        current.reset(token)
