"""Who may report alerts: a key as the password of Basic authentication, or Pub/Sub with a token of Google's.

A key of this kind lies with Google, in a notification channel. So it may do nothing but report alerts (docs/adr/0020).
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from ingest.api.keys import basic_password, key_of_secret
from ingest.models import Project, Scope
from monitoring.alerting.cloud_monitoring.notification import PATH
from monitoring.web.api.google_tokens import verified_account
from nantrace.tensors.plain_text import without_nul


@dataclass(frozen=True)
class NotificationSender:
    """Speaks for one project."""

    project: Project
    is_authenticated: bool = True


class SenderAuthentication(BaseAuthentication):
    """Basic authentication with a key, or a bearer token of Google for the project in the URL."""

    def authenticate(self, request: Request) -> tuple[NotificationSender, None] | None:
        authorization = request.META.get("HTTP_AUTHORIZATION", "")
        kind, _, token = authorization.partition(" ")
        if kind.lower() == "bearer":
            return NotificationSender(_pushed_for(token.strip(), request.query_params.get("project", ""))), None
        if secret := basic_password(authorization):
            return NotificationSender(_keyed(secret)), None
        return None

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - the framework's signature
        return 'Basic realm="NaNWatch"'


class SenderSecurity(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document describes these senders."""

    target_class = SenderAuthentication
    name = "Sender"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - the library's
        return {"type": "http", "scheme": "basic"}


class MayReport(BasePermission):
    """Whoever was authenticated as a sender."""

    def has_permission(self, request: Request, _view: APIView) -> bool:
        if not isinstance(request.user, NotificationSender):
            raise NotAuthenticated
        return True


def push_audience(project: str) -> str:
    """What a token has to be made for: the address that Pub/Sub pushes to, which names the project."""
    return f"{settings.NANWATCH_BASE_URL}{PATH}?{urlencode({'project': project})}"


def _keyed(secret: str) -> Project:
    key = key_of_secret(secret)
    if key.scopes != [Scope.ALERTS]:
        raise PermissionDenied("A key that Google keeps must have the scope `alerts` and no other; make one for it.")
    return key.project


def _pushed_for(token: str, name: str) -> Project:
    """The audience is signed and names the project: a token for one project is none for another."""
    if not settings.NANWATCH_PUBSUB_ACCOUNT:
        raise AuthenticationFailed("Pushes of Pub/Sub are not taken: NANWATCH_PUBSUB_ACCOUNT is not set.")
    account = verified_account(token, push_audience(name))
    project = Project.objects.filter(name=without_nul(name)).first()
    if account != settings.NANWATCH_PUBSUB_ACCOUNT or project is None:
        raise AuthenticationFailed("This service account does not speak for this project.")
    return project
