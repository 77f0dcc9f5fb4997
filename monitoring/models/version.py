"""What is known of a version (its audit, its reference statistics) and counted of its predictions.

Counts are totals for Cloud Monitoring, with how their deliveries went, and hours for the pages.
"""

import uuid
from datetime import datetime, timedelta

from django.db import models

from ingest.models import ModelVersion

HOUR = timedelta(hours=1)


def hour_of(moment: datetime) -> datetime:
    """The hour (UTC) that something counts in."""
    return moment.replace(minute=0, second=0, microsecond=0)


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


class PredictionCounter(models.Model):
    """A counter that only grows; `symptom` is empty for all predictions of a version."""

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="counters")
    symptom = models.CharField(max_length=20, blank=True)
    value = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "symptom"], name="counter_once_a_symptom")]


class HourlyCount(models.Model):
    """Predictions of a version in one hour (UTC), and how many of them belong to an incident.

    Where a sender samples, `replayed_rows` of the predictions were sent, and the others are counted by their
    sender's word; `dropped_rows` were to be sent and are not.
    """

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="hours")
    hour = models.DateTimeField()
    predictions = models.PositiveBigIntegerField(default=0)
    nonfinite_rows = models.PositiveBigIntegerField(default=0)
    incident_rows = models.PositiveBigIntegerField(default=0)
    replayed_rows = models.PositiveBigIntegerField(default=0)
    dropped_rows = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "hour"], name="count_once_an_hour")]


class MetricDelivery(models.Model):
    """Deliveries to one destination: whose turn it is, and how the last one went.

    Conditional updates make sure of one writer at a time. All series of a destination are written with the same end
    time, so that one `last_end_time` keeps every series in order and at its distance.
    """

    destination = models.CharField(max_length=300, unique=True, help_text="project and endpoint")
    installation = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text="sets the series of several services that write there apart"
    )
    last_end_time = models.DateTimeField(
        null=True, blank=True, help_text="reserved before the points are sent, so that a crash breaks nothing"
    )
    writer = models.CharField(max_length=32, blank=True, help_text="the token of who holds the lease")
    writing_until = models.DateTimeField(null=True, blank=True)
    descriptors_digest = models.CharField(max_length=64, blank=True, help_text="descriptors made there")
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
