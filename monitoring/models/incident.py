"""Incidents, the batches and drifted hours that hit them, their history, and what persons ask about them.

`monitoring/incidents/` is the only place that changes their state.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from ingest.models import Batch, Model, ModelVersion, Project
from monitoring.models.drift import DriftWindow
from nantrace.severity import SEVERITIES, IncidentSeverity


class IncidentState(models.TextChoices):
    """What a person decided about an incident."""

    OPEN = "open"
    RESOLVED = "resolved"
    IGNORED = "ignored"


class Incident(models.Model):
    """A group of failing rows with one fingerprint: model, symptom, cause, origin, kind - not the version."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="incidents")
    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="incidents")
    short_id = models.CharField(max_length=40, help_text="like CHURN-12, unique in its project")
    fingerprint = models.CharField(max_length=80, help_text="version of the grouping, colon, digest")
    symptom = models.CharField(max_length=20)
    cause = models.CharField(max_length=30, blank=True)
    severity = models.CharField(
        max_length=8,
        choices=[(one, one) for one in SEVERITIES],
        default=IncidentSeverity.INFO,
        help_text="the highest since it was opened",
    )
    state = models.CharField(max_length=10, choices=IncidentState, default=IncidentState.OPEN)
    title = models.CharField(max_length=300)
    confidence = models.FloatField()  # a finite share between 0 and 1
    report = models.JSONField(help_text="its findings together in the words of the contract, strict JSON")
    rows = models.PositiveBigIntegerField(default=0)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    last_version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["-last_seen", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "short_id"], name="short_id_once_a_project"),
            models.UniqueConstraint(fields=["model", "fingerprint"], name="fingerprint_once_a_model"),
        ]
        indexes = [
            models.Index(fields=["project", "-last_seen"], name="incident_newest"),
            models.Index(fields=["project", "-last_seen"], condition=Q(state="open"), name="incident_open"),
        ]

    def __str__(self) -> str:
        return self.short_id


class IncidentSequence(models.Model):
    """The last number given to an incident of a project and prefix; it never goes back."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    prefix = models.CharField(max_length=30)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "prefix"], name="sequence_once_a_prefix")]


class IncidentHit(models.Model):
    """One batch that hit an incident, and which of its rows; or one hour that drifted, whose rows are not kept."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="hits")
    batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.CASCADE, related_name="hits")
    window = models.ForeignKey(DriftWindow, null=True, blank=True, on_delete=models.CASCADE, related_name="hits")
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="+")
    row_indices = models.JSONField(help_text="positions in the batch")
    rows = models.PositiveBigIntegerField()
    answers = models.JSONField(default=list, help_text="what the first rows are answered, by replay and experiment")
    observed_at = models.DateTimeField()

    class Meta:
        ordering = ["-observed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "batch"], name="hit_once_a_batch"),
            models.UniqueConstraint(fields=["incident", "window"], name="hit_once_a_window"),
            models.CheckConstraint(
                condition=Q(batch__isnull=False, window__isnull=True) | Q(batch__isnull=True, window__isnull=False),
                name="hit_by_batch_or_window",
            ),
        ]
        indexes = [models.Index(fields=["incident", "-observed_at"], name="hits_newest")]


class IncidentDescription(models.Model):
    """One way in which findings of an incident read, and how many rows they are of; most rows decide how it reads."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="descriptions")
    title = models.CharField(max_length=300)
    rows = models.PositiveBigIntegerField(default=0)
    report = models.JSONField(help_text="of the batch that had most of them, as it was found")
    batch_rows = models.PositiveBigIntegerField(default=0)
    observed_at = models.DateTimeField()
    batch = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["-rows", "title"]
        constraints = [models.UniqueConstraint(fields=["incident", "title"], name="description_once_a_title")]


class IncidentEvent(models.Model):
    """Audit, comments and history of an incident in one table."""

    class Kind(models.TextChoices):
        OPENED = "opened"
        REOPENED = "reopened"
        WORSENED = "worsened"
        RESOLVED = "resolved"
        IGNORED = "ignored"
        NEW_VERSION = "new_version"
        ACCEPTED = "accepted"
        WITHDRAWN = "withdrawn"
        MUTED = "muted"
        UNMUTED = "unmuted"
        COMMENTED = "commented"

    CLOSING = (Kind.RESOLVED, Kind.IGNORED, Kind.ACCEPTED)
    """After each of these an incident is not open any more."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ["-at", "-id"]


class OrderState(models.TextChoices):
    """What became of an order of a person to a worker; `failed`: it has no answer, and `failure` says why."""

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
    state = models.CharField(max_length=10, choices=OrderState, default=OrderState.WAITING)
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
        return self.state == OrderState.DONE and 0 < self.rows == self.cured
