"""What the metrics need to be true over restarts: how deliveries went, and counts of no version."""

import uuid

from django.db import models

from ingest.models import Project


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
    series_since = models.DateTimeField(null=True, blank=True, help_text="when all series began anew; never: null")
    memory = models.CharField(max_length=80, blank=True, help_text="what the data directory knows of the last write")
    unwritten = models.JSONField(default=list, help_text="ranges of positions that the last write did not get to")
    refusals = models.PositiveSmallIntegerField(default=0, help_text="writes in a row that were forbidden")
    not_before = models.DateTimeField(null=True, blank=True, help_text="when the next one is tried")
    descriptors_digest = models.CharField(max_length=64, blank=True, help_text="descriptors made there")
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)


LATENCY_BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
"""Seconds; bucket i ends at bound i, the last one has no end."""


class ReplayLatency(models.Model):
    """Batches of a project that were replayed within one range of seconds after they were stored; it only grows.

    `bucket` is a position in `LATENCY_BOUNDS`, `seconds` the sum of all waits.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    bucket = models.PositiveSmallIntegerField()
    batches = models.PositiveBigIntegerField(default=0)
    seconds = models.FloatField(default=0.0)
    base = models.PositiveBigIntegerField(default=0, help_text="`batches` when the present series of metrics began")
    base_seconds = models.FloatField(default=0.0, help_text="`seconds` then")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "bucket"], name="latency_once_a_bucket")]
