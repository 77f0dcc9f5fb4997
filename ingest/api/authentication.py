"""Who calls: `Authorization: Bearer <key>`."""

from dataclasses import dataclass

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request

from ingest.models import ApiKey, Project

_MAX_KEY = 200


@dataclass(frozen=True)
class KeyHolder:
    """The caller in the place where Django has a user: whoever holds the key."""

    key: ApiKey
    is_authenticated: bool = True


class ApiKeyAuthentication(BaseAuthentication):
    """Looks the key up by its digest; revoked keys are unknown keys."""

    def authenticate(self, request: Request) -> tuple[KeyHolder, ApiKey] | None:
        kind, _, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if kind.lower() != "bearer":
            return None
        digest = ApiKey.digest_of(secret.strip()[:_MAX_KEY])
        key = ApiKey.objects.select_related("project").filter(digest=digest, revoked_at=None).first()
        if key is None:
            raise AuthenticationFailed("This API key is unknown or revoked.")
        return KeyHolder(key), key

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - the framework's signature
        return 'Bearer realm="NaNWatch"'


def project_of(request: Request) -> Project:
    """The project of the key that signed the request; every query of a view starts from it."""
    key = request.auth
    if not isinstance(key, ApiKey):
        raise NotAuthenticated
    return key.project
