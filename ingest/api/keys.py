"""Who calls, by `Authorization: Bearer <key>`, and what the key may do.

Every view says which scope each of its methods needs.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import OperationalError
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, MethodNotAllowed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from ingest.models import ApiKey, Project, Scope

if TYPE_CHECKING:  # views import the default permissions
    from rest_framework.views import APIView

REVOKED_WITHIN = 2.0
"""Seconds until a key that another process revoked is refused in this one; revoked in this one, it is at once."""

USED_WITHIN = timedelta(minutes=10)  # how exact "last used" is

_MAX_KEY = 200
_MAX_KNOWN = 1000
_known: dict[str, tuple[float, ApiKey]] = {}


@dataclass(frozen=True)
class KeyHolder:
    """Stands where Django has a user: the caller, known by its key."""

    key: ApiKey
    is_authenticated: bool = True


class ApiKeyAuthentication(BaseAuthentication):
    """Looks the key up by its digest; revoked keys are unknown keys."""

    def authenticate(self, request: Request) -> tuple[KeyHolder, ApiKey] | None:
        key = key_of(request._request)
        return None if key is None else (KeyHolder(key), key)

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - the framework's signature
        return 'Bearer realm="NaNWatch"'


class HasScope(BasePermission):
    """Reads a view's `required_scopes = {"POST": Scope.INGEST}`; a method without a scope does not exist."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        key = request.auth
        if not isinstance(key, ApiKey):
            raise NotAuthenticated
        scopes: Mapping[str, Scope] = getattr(view, "required_scopes", {})
        scope = scopes.get(request.method or "")
        if scope is None:
            raise MethodNotAllowed(request.method or "")
        check_scope(key, scope)
        return True


def key_of(request: HttpRequest) -> ApiKey | None:
    """The key that the request carries, if any; raises AuthenticationFailed when it is unknown, revoked or expired."""
    kind, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return key_of_secret(secret.strip()) if kind.lower() == "bearer" else None


def key_of_secret(secret: str) -> ApiKey:
    """Raises AuthenticationFailed when the key is unknown, revoked or expired."""
    key = _looked_up(ApiKey.digest_of(secret[:_MAX_KEY]))
    if key is None:
        raise AuthenticationFailed("This API key is unknown or revoked.")
    if key.expires_at is not None and key.has_expired:
        raise AuthenticationFailed(
            f"This API key expired on {key.expires_at:%Y-%m-%d %H:%M} UTC; make a new one under Settings."
        )
    return key


def basic_password(authorization: str) -> str:
    """The password of Basic authentication (RFC 7617), "" when there is none."""
    kind, _, packed = authorization.partition(" ")
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(packed, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def project_of(request: Request) -> Project:
    """The project of the key that signed the request; every query of a view starts from it."""
    key = request.auth
    if not isinstance(key, ApiKey):
        raise NotAuthenticated
    return key.project


def check_scope(key: ApiKey, scope: Scope) -> None:
    """Raises PermissionDenied naming the scope that the key lacks."""
    if scope not in key.scopes:
        raise PermissionDenied(f"This API key lacks the scope `{scope}`.")


def _looked_up(digest: str) -> ApiKey | None:
    """Only keys that were found are remembered, so that a new key works at once."""
    now = time.monotonic()
    until, known = _known.get(digest, (0.0, None))
    if known is not None and now < until:
        return known
    key = ApiKey.objects.select_related("project").filter(digest=digest, revoked_at=None).first()
    if key is not None:
        _note_use(key)
        if len(_known) >= _MAX_KNOWN:
            _known.clear()
        _known[digest] = now + REVOKED_WITHIN, key
    return key


def _note_use(key: ApiKey) -> None:
    """Once in some minutes, and never in the way of a request: a locked database answers it without the note."""
    before = timezone.now() - USED_WITHIN
    if key.works and (key.last_used_at is None or key.last_used_at < before):
        with suppress(OperationalError):
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=timezone.now())


@receiver([post_save, post_delete], sender=ApiKey)
def forget_keys(**_: Any) -> None:
    """A key was made, changed, revoked or deleted in this process."""
    _known.clear()
