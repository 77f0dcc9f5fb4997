"""Alerts of Google Cloud Monitoring as their notifications reported them."""

from django.db import models

from ingest.models import Project
from monitoring.models.incident import Incident


class CloudAlertState(models.TextChoices):
    """What Google says of it; one that is closed never opens again, the next is another alert."""

    OPEN = "open"
    CLOSED = "closed"


class CloudAlert(models.Model):
    """One alert of a policy, for one group of series: Google calls it an incident, and `alert_id` its `incident_id`."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="cloud_alerts")
    alert_id = models.CharField(max_length=200)
    policy = models.CharField(max_length=300, help_text="the subject of its documentation, else the name of the policy")
    state = models.CharField(max_length=6, choices=CloudAlertState, default=CloudAlertState.OPEN)
    severity = models.CharField(max_length=20, blank=True)
    url = models.CharField(max_length=1000, blank=True, help_text="the alert's page at Google")
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    incidents = models.ManyToManyField(Incident, blank=True, related_name="cloud_alerts")

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["project", "alert_id"], name="cloud_alert_once_a_project")]


class CloudChannel(models.Model):
    """Whether notifications of Google reach a project at all."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="cloud_channel")
    tested_at = models.DateTimeField(null=True, blank=True, help_text="when a test notification came last")
    reported_at = models.DateTimeField(null=True, blank=True, help_text="when an alert was reported last")
