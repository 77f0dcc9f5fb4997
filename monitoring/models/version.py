"""What is known of a version (its audit, its reference statistics) and counted of its predictions.

Counts are totals for the metrics, and hours for the pages.
"""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

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


class SeriesPlace(models.TextChoices):
    """Whose label a version's counts are written under: its own, `other` of its model, or the model `other`."""

    UNDECIDED = ""
    OWN = "own"
    OTHER_VERSION = "version"
    OTHER_MODEL = "model"


class PredictionCounter(models.Model):
    """A counter that only grows; `symptom` is empty for all predictions of a version.

    Metrics write what it has grown by since `base`, as so many since `started_at`. `started_at`, `changed_at` and
    `place` of all predictions are those of all symptoms.
    """

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="counters")
    symptom = models.CharField(max_length=20, blank=True)
    value = models.PositiveBigIntegerField(default=0)
    base = models.PositiveBigIntegerField(default=0, help_text="the value that its present series of metrics began at")
    started_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(default=timezone.now)
    place = models.CharField(max_length=8, choices=SeriesPlace, default=SeriesPlace.UNDECIDED, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "symptom"], name="counter_once_a_symptom")]
        indexes = [models.Index(fields=["changed_at"], condition=models.Q(symptom=""), name="counter_changed")]


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
    least_headroom = models.FloatField(
        null=True, help_text="decades, of the layer that came closest to the largest number of its type"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "hour"], name="count_once_an_hour")]
