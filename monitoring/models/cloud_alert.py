"""Alerts of Google Cloud Monitoring as their notifications reported them."""

from django.conf import settings
from django.db import models

from ingest.models import Project
from monitoring.models.incident import Incident, OrderState


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


class AlertSetup(models.Model):
    """An order to set up the alert policies, from the settings page; the durable row is order and answer."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="alert_setups")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    emails = models.JSONField(default=list, help_text="addresses that get a mail")
    state = models.CharField(max_length=10, choices=OrderState, default=OrderState.WAITING)
    document = models.JSONField(default=dict, help_text="what was done, as provision_alerts --json prints it")
    failure = models.CharField(max_length=500, blank=True, help_text="why not, or why it still waits")
    worker = models.CharField(max_length=32, blank=True, help_text="the token of who holds the lease")
    hinted_until = models.DateTimeField(null=True, blank=True, help_text="a message is under way until then")
    claimed_until = models.DateTimeField(null=True, blank=True, help_text="a worker is at it until then")
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(state="waiting"), name="alert_setup_waits_once"
            )
        ]
