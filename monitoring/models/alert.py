"""Where people get alerts, which of them, and the outbox in which each waits until it was delivered."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from ingest.models import Model, ModelVersion, Project
from monitoring.models.incident import Incident, IncidentEvent
from nantrace.severity import SEVERITIES, IncidentSeverity


class AlertChannel(models.Model):
    """One way to the people of a project: their mail addresses, a webhook, a channel of Slack, a service of PagerDuty.

    Conditional updates make sure of one sender at a time.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="alert_channels")
    kind = models.CharField(max_length=20, help_text="its folder in monitoring/alerting/direct")
    name = models.CharField(max_length=100)
    zone = models.CharField(max_length=50, default="UTC", help_text="of its quiet hours, such as Europe/Zurich")
    sealed_settings = models.TextField(help_text="its settings as JSON, encrypted")
    shown = models.CharField(max_length=300, help_text="what of its settings is no secret")
    created_at = models.DateTimeField(auto_now_add=True)
    sender = models.CharField(max_length=32, blank=True, help_text="the token of who holds the lease")
    sending_until = models.DateTimeField(null=True, blank=True)
    hinted_until = models.DateTimeField(null=True, blank=True, help_text="a worker may hear of it until then")
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="channel_once_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_failing(self) -> bool:
        """Whether the last message did not arrive."""
        success, error = self.last_success_at, self.last_error_at
        return error is not None and (success is None or error > success)


class AlertRoute(models.Model):
    """Which incidents of its project a channel gets. Quiet hours are times of the day in the channel's zone."""

    channel = models.ForeignKey(AlertChannel, on_delete=models.CASCADE, related_name="routes")
    model = models.ForeignKey(
        Model, null=True, blank=True, on_delete=models.CASCADE, related_name="+", help_text="null: all of the project"
    )
    least_severity = models.CharField(
        max_length=8, choices=[(one, one) for one in SEVERITIES], default=IncidentSeverity.WARNING
    )
    cause = models.CharField(max_length=30, blank=True, help_text="empty: every cause, and none")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    remind_hours = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="between two messages about an incident that stays open"
    )

    class Meta:
        ordering = ["id"]


class MailAddress(models.Model):
    """One that a channel of the project names. It gets alerts once whoever reads its mail has confirmed it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="mail_addresses")
    address = models.CharField(max_length=254)
    asked_at = models.DateTimeField(null=True, blank=True, help_text="when it was last sent a link to confirm it with")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "address"], name="address_once_a_project")]
        indexes = [models.Index(fields=["address", "asked_at"], name="addresses_asked")]


class QueuedAlertState(models.TextChoices):
    """`skipped`: the route, a mute or a later message made it unnecessary; `given_up`: not delivered within a day."""

    WAITING = "waiting"
    SENT = "sent"
    SKIPPED = "skipped"
    GIVEN_UP = "given_up"


class QueuedAlert(models.Model):
    """One event of an incident for one route, written in its transaction; without both it is a test."""

    channel = models.ForeignKey(AlertChannel, on_delete=models.CASCADE, related_name="alerts")
    route = models.ForeignKey(AlertRoute, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(IncidentEvent, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    reminder = models.PositiveSmallIntegerField(default=0, help_text="how often the event was reported before")
    message = models.CharField(
        max_length=50, blank=True, help_text="id of the message that carried it, while nobody knows whether it arrived"
    )
    state = models.CharField(max_length=10, choices=QueuedAlertState, default=QueuedAlertState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now(), help_text="not before")
    settled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True, help_text="why it was skipped, waits or was given up")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["route", "event", "reminder"], name="alert_once_a_route")]
        indexes = [models.Index(fields=["channel", "due_at"], condition=Q(state="waiting"), name="alerts_waiting")]


class SlackPost(models.Model):
    """The message in which a Slack channel reads of an incident; several incidents may share one."""

    channel = models.ForeignKey(AlertChannel, on_delete=models.CASCADE, related_name="+")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    conversation = models.CharField(max_length=30, help_text="Slack's id of the channel")
    timestamp = models.CharField(max_length=30, help_text="Slack's `ts`, the id of the message in it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "incident"], name="post_once_an_incident")]


class IncidentMute(models.Model):
    """No alert about an incident until the first of what is set: a moment, another version, so many rows in all."""

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="mute")
    until = models.DateTimeField(null=True, blank=True)
    version = models.ForeignKey(ModelVersion, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    rows = models.PositiveBigIntegerField(null=True, blank=True)


class MaintenanceWindow(models.Model):
    """Alerts of a project are held back until it ends."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="maintenance_windows")
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["begins"]
