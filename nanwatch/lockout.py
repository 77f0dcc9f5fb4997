"""Where a wrong password came from, as django-axes counts it."""

from django.http import HttpRequest

NOWHERE = "0.0.0.0"  # noqa: S104 - no address to listen on


def caller_address(request: HttpRequest) -> str:
    """The other end of the connection, whatever a header claims.

    A server on a Unix socket knows none, and django-axes counts nothing of who has no address.
    """
    return str(request.META.get("REMOTE_ADDR") or NOWHERE)
