"""What a worker found out about a registered version: the audit of its artifact, its reference statistics."""

from django.db import models

from ingest.models import ModelVersion


class AuditState(models.TextChoices):
    """The contract's states; `pending` is a version without a profile."""

    PENDING = "pending"
    PASSED = "passed"
    FINDINGS = "findings"
    REFUSED = "refused"


class VersionProfile(models.Model):
    """Written once per version by the worker that first loads it."""

    version = models.OneToOneField(ModelVersion, on_delete=models.CASCADE, related_name="profile")
    audit_state = models.CharField(max_length=10, choices=AuditState)
    findings = models.JSONField(default=list, help_text="code, severity, layer, message, remedy")
    signature = models.JSONField(default=dict, help_text="inputs and outputs: name, dtype, shape")
    reference = models.JSONField(null=True, help_text="drift.reference.Reference as strict JSON")
    created_at = models.DateTimeField(auto_now_add=True)
