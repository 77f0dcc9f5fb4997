"""Middleware that only pages need, and the address of who signs in there; requests of the API do without.

The API knows its callers by their keys: it has no sessions, no forms and no messages, and its answers load nothing. To
a batch of one row these would add a quarter of what it costs.
"""

from collections.abc import Awaitable

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.deprecation import MiddlewareMixin

API, PAGE_OF_THE_API = "/api/", "/api/v1/docs"
_NO_ADDRESS = "0.0.0.0"  # noqa: S104 - nothing listens on it
LOADS_NOTHING = "default-src 'none'; frame-ancestors 'none'"


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks; the API's documentation is read by people."""
    path = request.path_info
    return path.startswith(API) and path != PAGE_OF_THE_API


class _PagesOnly(MiddlewareMixin):
    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        return self.get_response(request) if is_api(request) else super().__call__(request)


class Sessions(_PagesOnly, SessionMiddleware):
    pass


class Csrf(_PagesOnly, CsrfViewMiddleware):
    """Its look at the view comes all the same, and refuses a view of the API that is not exempt."""


class Users(_PagesOnly, AuthenticationMiddleware):
    pass


class Messages(_PagesOnly, MessageMiddleware):
    pass


class ContentPolicy(CSPMiddleware):
    """Answers of the API have a policy that is known beforehand."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not is_api(request):
            return super().process_response(request, response)
        response.headers[HEADER] = LOADS_NOTHING
        return response


def caller_address(request: HttpRequest) -> str:
    """Where a wrong password came from: the other end of the connection, whatever a header claims.

    A server on a Unix socket knows none, and django-axes counts nothing of who has no address.
    """
    return str(request.META.get("REMOTE_ADDR") or _NO_ADDRESS)
