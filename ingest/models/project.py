"""Projects, the tenants, and the API keys that serving code authenticates with."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    DateTimeField,
    ForeignKey,
    JSONField,
    ManyToManyField,
    Model,
    PositiveBigIntegerField,
    TextChoices,
    UniqueConstraint,
)
from django.utils import timezone


class Role(TextChoices):
    """What a person may do in a project; each may what those before it may."""

    VIEWER = "viewer"
    MEMBER = "member"
    ADMIN = "admin"

    def covers(self, least: "Role") -> bool:
        order = list(Role)
        return order.index(self) >= order.index(least)


class Project(Model):
    """The tenant: owns models, API keys and incidents. Nothing crosses from one project to another."""

    name = CharField(max_length=100, unique=True)
    members = ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="projects", through="Membership")
    created_at = DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Membership(Model):
    """A person in a project."""

    project = ForeignKey(Project, on_delete=CASCADE, related_name="memberships")
    user = ForeignKey(settings.AUTH_USER_MODEL, on_delete=CASCADE, related_name="memberships")
    role = CharField(max_length=8, choices=Role, default=Role.MEMBER)

    class Meta:
        db_table = "ingest_project_members"  # as before there were roles
        unique_together = (("project", "user"),)


class Invitation(Model):
    """A link that makes whoever opens it first a member; only its SHA-256 digest is kept."""

    project = ForeignKey(Project, on_delete=CASCADE, related_name="invitations")
    role = CharField(max_length=8, choices=Role)
    digest = CharField(max_length=64, unique=True)
    made_by = ForeignKey(settings.AUTH_USER_MODEL, on_delete=SET_NULL, null=True, related_name="+")
    made_at = DateTimeField(auto_now_add=True)
    expires_at = DateTimeField()
    accepted_at = DateTimeField(null=True, blank=True)


class Scope(TextChoices):
    """What a key may do."""

    INGEST = "ingest"
    MODELS = "models"
    READ = "read"
    INCIDENTS = "incidents"
    ALERTS = "alerts"


class ApiKey(Model):
    """A key is shown once; only its SHA-256 digest is kept (keys are long and random, so no slow hash)."""

    project = ForeignKey(Project, on_delete=CASCADE, related_name="api_keys")
    name = CharField(max_length=100)
    digest = CharField(max_length=64, unique=True)
    hint = CharField(max_length=8, help_text="the first characters, so that a person can tell keys apart")
    scopes = JSONField(default=list)
    created_at = DateTimeField(auto_now_add=True)
    revoked_at = DateTimeField(null=True, blank=True)
    expires_at = DateTimeField(null=True, blank=True, help_text="from then on it is refused")
    last_used_at = DateTimeField(null=True, blank=True, help_text="to some minutes")

    @classmethod
    def issue(
        cls,
        project: Project,
        name: str,
        scopes: list[str],
        secret: str | None = None,
        expires_at: datetime | None = None,
    ) -> tuple[Self, str]:
        """Makes a key and returns it with its secret, which is not stored anywhere."""
        secret = secret or f"nw_{secrets.token_urlsafe(32)}"
        key = cls.objects.create(
            project=project,
            name=name,
            digest=cls.digest_of(secret),
            hint=secret[:6],
            scopes=sorted(scopes),
            expires_at=expires_at,
        )
        return key, secret

    def rotate(self, overlap: timedelta) -> tuple[Self, str]:
        """Another key of the same name and scopes, and its secret; this one is refused after `overlap`."""
        ends = timezone.now() + overlap
        self.expires_at = ends if self.expires_at is None else min(self.expires_at, ends)
        with transaction.atomic():
            self.save(update_fields=["expires_at"])
            return self.issue(self.project, self.name, self.scopes)

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def works(self) -> bool:
        return self.revoked_at is None and not self.has_expired

    @staticmethod
    def digest_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()


class RefusalReason(TextChoices):
    """Why rows were refused, by the status of the answer."""

    MALFORMED = "malformed"
    NOT_FOUND = "not_found"
    TOO_LARGE = "too_large"
    UNSUPPORTED_TYPE = "unsupported_type"
    INVALID = "invalid"
    TOO_MUCH = "too_much"
    FAILED = "failed"


class RefusedRequests(Model):
    """Posts of rows that were refused, by keys that may send them; it only grows."""

    project = ForeignKey(Project, on_delete=CASCADE, related_name="+")
    reason = CharField(max_length=16, choices=RefusalReason)
    requests = PositiveBigIntegerField(default=0)
    base = PositiveBigIntegerField(default=0, help_text="`requests` when the present series of metrics began")

    class Meta:
        constraints = [UniqueConstraint(fields=["project", "reason"], name="refusals_once_a_reason")]
