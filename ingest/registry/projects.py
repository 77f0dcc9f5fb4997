"""Makes projects: by name, and the first one with its key and its administrator.

`ensure_first_project` and `ensure_first_admin` make a fresh installation usable and may run at every start: what exists
stays as it is, and a secret is returned only once.
"""

import re
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction

from ingest.models import ApiKey, Project, Role, Scope
from ingest.refusals import Conflict
from nantrace.tensors.refusals import Refusal

if TYPE_CHECKING:
    from django.contrib.auth.models import User

FIRST_PROJECT = "default"
_KEY = re.compile(r"[A-Za-z0-9._~-]{32,128}")
_MAX_NAME = 100
_MAX_USER_NAME = 150  # Django's


def create_project(name: str) -> tuple[Project, str]:
    """The project and the secret of its first key, which has every scope; raises Refusal naming `name`."""
    if not 0 < len(name) <= _MAX_NAME or not name.isprintable() or name != name.strip():
        raise Refusal("name", f"must be 1 to {_MAX_NAME} printable characters, without spaces around them")
    try:
        with transaction.atomic():
            project = Project.objects.create(name=name)
            _, secret = ApiKey.issue(project, "first", list(Scope))
    except IntegrityError:
        raise Conflict("name", f"a project {name!r} exists already; choose another name") from None
    return project, secret


@transaction.atomic
def ensure_first_project() -> tuple[Project, str | None]:
    """The project "default" with a key of every scope, and the key's secret if it is new.

    With NANWATCH_BOOTSTRAP_API_KEY the key is that one and none is returned. Raises ImproperlyConfigured.
    """
    project, _ = Project.objects.get_or_create(name=FIRST_PROJECT)
    given = settings.CONFIGURATION.bootstrap_api_key
    if given:
        _ensure_key(project, given)
        return project, None
    if project.api_keys.exists():
        return project, None
    _, secret = ApiKey.issue(project, "first", list(Scope))
    return project, secret


@transaction.atomic
def ensure_first_admin() -> tuple[str, str | None]:
    """The administrator's user name, and the password if a new one was generated.

    Raises ImproperlyConfigured when NANWATCH_BOOTSTRAP_ADMIN is not `user:password`.
    """
    name, password = _given_admin()
    users = get_user_model().objects
    if users.filter(username=name).exists():
        return name, None
    if password is None and (first := users.filter(is_superuser=True).order_by("pk").first()):
        return first.get_username(), None
    generated = None if password else secrets.token_urlsafe(12)
    join_first_project(users.create_superuser(name, password=password or generated))
    return name, generated


def join_first_project(user: "User") -> None:
    """Makes the user an admin of the project "default"."""
    project, _ = Project.objects.get_or_create(name=FIRST_PROJECT)
    project.members.add(user, through_defaults={"role": Role.ADMIN})


def _ensure_key(project: Project, secret: str) -> None:
    variable = "NANWATCH_BOOTSTRAP_API_KEY"
    if not _KEY.fullmatch(secret):
        raise ImproperlyConfigured(f"{variable} must be 32 to 128 of the characters A-Z a-z 0-9 - . _ ~")
    known = ApiKey.objects.filter(digest=ApiKey.digest_of(secret)).first()
    if known is None:
        ApiKey.issue(project, "bootstrap", list(Scope), secret)
    elif known.project_id != project.pk or known.revoked_at is not None:
        raise ImproperlyConfigured(f"{variable} is revoked or belongs to another project; choose a new one")


def _given_admin() -> tuple[str, str | None]:
    given = settings.CONFIGURATION.bootstrap_admin
    if not given:
        return "admin", None
    name, colon, password = given.partition(":")
    if not (0 < len(name) <= _MAX_USER_NAME and colon and password):
        raise ImproperlyConfigured("NANWATCH_BOOTSTRAP_ADMIN must be user:password")
    return name, password
