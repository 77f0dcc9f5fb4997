"""Keys of senders that can set no header: loggers and brokers that know a URL and nothing else.

Such a key stands in the URL, as its password (`https://key:SECRET@host/...`, which HTTP clients turn into Basic
authentication) or as `?token=`. URLs are copied and logged, so only a key that may do nothing but send rows is
taken from one. See docs/adr.
"""

import base64
import binascii

from django.http import HttpRequest
from rest_framework.exceptions import PermissionDenied

from ingest.api.authentication import key_of_secret
from ingest.api.intake import Intake
from ingest.models import ApiKey, Scope

TOKEN = "token"  # noqa: S105 - the name of a parameter


class SinkIntake(Intake):
    """A view to which such senders post."""

    def _signed(self, request: HttpRequest) -> ApiKey:
        secret = request.GET.get(TOKEN) or _password(request.META.get("HTTP_AUTHORIZATION", ""))
        if not secret:
            return super()._signed(request)
        key = key_of_secret(secret)
        if key.scopes != [Scope.INGEST]:
            raise PermissionDenied(
                "A key in a URL must have the scope `ingest` and no other; make one for this sender."
            )
        return key


def _password(authorization: str) -> str:
    """The password of Basic authentication (RFC 7617), "" when there is none."""
    kind, _, packed = authorization.partition(" ")
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(packed, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
