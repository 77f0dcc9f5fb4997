"""A person's question to an incident page: would this version cure the stored rows?"""

from django.conf import settings
from django.db import models

from ingest.models import ModelVersion
from monitoring.models.incident import Incident


class VerificationState(models.TextChoices):
    """`failed`: the question has no answer, and `failure` says why."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class Verification(models.Model):
    """The durable row is the order and the answer; a message to a worker only makes it quick."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="verifications")
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=10, choices=VerificationState, default=VerificationState.WAITING)
    rows = models.PositiveBigIntegerField(default=0, help_text="replayed so far, of those still stored")
    cured = models.PositiveBigIntegerField(default=0)
    removed = models.PositiveBigIntegerField(default=0, help_text="rows of the incident that are no longer kept")
    failing = models.JSONField(default=list, help_text="the first rows that still fail: batch, row, id, reason")
    note = models.CharField(max_length=300, blank=True)
    failure = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    hinted_until = models.DateTimeField(null=True, blank=True, help_text="a message is under way until then")
    claimed_until = models.DateTimeField(null=True, blank=True, help_text="a worker is at it until then")
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "version"],
                condition=models.Q(state="waiting"),
                name="verification_waits_once",
            )
        ]

    @property
    def is_cured(self) -> bool:
        return self.state == VerificationState.DONE and 0 < self.rows == self.cured
