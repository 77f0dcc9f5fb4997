"""Invitations into a project: a link that works once, for a week."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ingest.models import Invitation, Membership, Project, Role

VALID = timedelta(days=7)


def invite(project: Project, role: Role, made_by: User | None = None) -> str:
    """Makes an invitation and returns the secret of its link, which is not stored anywhere."""
    secret = secrets.token_urlsafe(32)
    project.invitations.create(role=role, made_by=made_by, digest=_digest_of(secret), expires_at=timezone.now() + VALID)
    return secret


def link_of(secret: str) -> str:
    """Behind the question mark, since paths get into logs."""
    return f"{settings.NANWATCH_BASE_URL}/invitation?key={secret}"


def open_invitations() -> QuerySet[Invitation]:
    """Those that can still be accepted."""
    return Invitation.objects.filter(accepted_at=None, expires_at__gt=timezone.now())


def invitation_of(secret: str) -> Invitation | None:
    """None where it is unknown, accepted, withdrawn or too old."""
    return open_invitations().select_related("project").filter(digest=_digest_of(secret)).first()


@transaction.atomic
def accept(invitation: Invitation, user: User) -> bool:
    """Makes the user a member; a member keeps the higher role. False where somebody else was faster."""
    if not open_invitations().filter(pk=invitation.pk).update(accepted_at=timezone.now()):
        return False
    role = Role(invitation.role)
    membership, is_new = Membership.objects.get_or_create(
        project=invitation.project, user=user, defaults={"role": role}
    )
    if not is_new and role.covers(Role(membership.role)):
        membership.role = role
        membership.save(update_fields=["role"])
    return True


def _digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
