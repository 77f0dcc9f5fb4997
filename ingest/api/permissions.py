"""What a key may do: every view says which scope each of its methods needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from ingest.models import ApiKey, Scope

if TYPE_CHECKING:  # views import the default permissions
    from rest_framework.views import APIView


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


def check_scope(key: ApiKey, scope: Scope) -> None:
    """Raises PermissionDenied naming the scope that the key lacks."""
    if scope not in key.scopes:
        raise PermissionDenied(f"This API key lacks the scope `{scope}`.")
