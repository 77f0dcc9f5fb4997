"""What a version's traffic is compared with, its hours as counts, and the few rows kept until an hour is judged.

`monitoring/drift_hours/` writes them. No row of traffic outlives the judgement of its hour here.
"""

from django.db import models

from ingest.models import ModelVersion


class ProfileOrigin(models.TextChoices):
    """Whose rows a reference was taken from: training inputs of a person, or the first rows of the traffic."""

    UPLOADED = "uploaded"
    TRAFFIC = "traffic"


class DriftProfile(models.Model):
    """The reference of a version, written once; and how far its hours have been judged."""

    version = models.OneToOneField(ModelVersion, on_delete=models.CASCADE, related_name="drift_profile")
    origin = models.CharField(max_length=10, choices=ProfileOrigin)
    rows = models.PositiveBigIntegerField()
    payload = models.BinaryField(help_text="drift.profile.Profile.to_bytes(): statistics, no rows")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the payload, the key of caches")
    created_at = models.DateTimeField(auto_now_add=True)
    judgements = models.PositiveBigIntegerField(default=0, help_text="a judge whose number is taken judges for nothing")
    alarms = models.JSONField(default=dict, help_text="what the alarms remember from hour to hour, strict JSON")


class DriftWindow(models.Model):
    """One hour (UTC) of a version, by when its rows were observed: inputs and outputs as counts."""

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="drift_windows")
    hour = models.DateTimeField()
    rows = models.PositiveBigIntegerField(default=0)
    payload = models.BinaryField(help_text="drift.window.Window.to_bytes()")
    before_payload = models.BinaryField(
        null=True, help_text="the same in the bins of the version before, in a version's first day"
    )
    revision = models.PositiveBigIntegerField(default=0, help_text="grows with every batch")
    changed_at = models.DateTimeField()
    judged_revision = models.PositiveBigIntegerField(default=0, help_text="of the newest verdict")
    closed_at = models.DateTimeField(null=True, blank=True, help_text="when its shape was judged, once")
    verdict = models.JSONField(default=dict, help_text="alarms, faults and scores, strict JSON")
    score = models.FloatField(null=True, help_text="evidence of drift as a share of what alarms: an alarm is 1 or more")

    class Meta:
        ordering = ["-hour"]
        constraints = [models.UniqueConstraint(fields=["version", "hour"], name="window_once_an_hour")]
        indexes = [
            models.Index(
                fields=["version", "hour"],
                condition=models.Q(judged_revision__lt=models.F("revision")) | models.Q(closed_at__isnull=True),
                name="window_to_judge",
            )
        ]

    @property
    def alarm(self) -> bool:
        """Whether the rows left the reference; a fault alone is a suspicion, unless an alarm of other hours is its."""
        lasting = any(fault.get("lasting") for fault in self.verdict.get("faults", []))
        return bool(self.verdict.get("alarms")) or lasting


class DriftSample(models.Model):
    """Rows of an hour that is not judged yet; without an hour, the rows that will become the reference."""

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="drift_samples")
    hour = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    seen = models.PositiveBigIntegerField(default=0, help_text="rows that these stand for")
    payload = models.BinaryField(null=True, help_text="framed tensors")
    started_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "hour"], name="sample_once_an_hour"),
            models.UniqueConstraint(
                fields=["version"], condition=models.Q(hour__isnull=True), name="sample_for_reference_once"
            ),
        ]


class NewNormal(models.Model):
    """Hours of drift that a person accepted: from then on they are what some features of a version are judged against.

    The accepted hours of an incident as counts, in the bins of the version's reference. Who accepted them, when and why
    stands in the history of the incident: `accepted`, and `withdrawn` once it was taken back.
    """

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="new_normals")
    incident = models.ForeignKey("monitoring.Incident", on_delete=models.CASCADE, related_name="new_normals")
    accepted = models.OneToOneField("monitoring.IncidentEvent", on_delete=models.CASCADE, related_name="+")
    withdrawn = models.OneToOneField(
        "monitoring.IncidentEvent", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    since = models.DateTimeField(help_text="the first accepted hour")
    until = models.DateTimeField(help_text="the end of the last one")
    hours = models.PositiveIntegerField()
    rows = models.PositiveBigIntegerField()
    features = models.JSONField(help_text="side, input and index of each feature that is judged against it")
    payload = models.BinaryField(help_text="drift.window.Window.to_bytes(): the sum of the accepted hours")
    alarms = models.JSONField(default=dict, help_text="what the alarms remember from hour to hour, strict JSON")

    class Meta:
        ordering = ["-pk"]


class VersionBefore(models.Model):
    """What a new version is compared with in its first day, next to its reference; written once.

    The last quiet hours of the version before as counts, in the bins of its reference.
    """

    version = models.OneToOneField(ModelVersion, on_delete=models.CASCADE, related_name="version_before")
    before = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(help_text="the first hour of the new version")
    until = models.DateTimeField(help_text="hours from here on are not compared any more")
    hours = models.PositiveIntegerField(help_text="quiet hours of the version before")
    rows = models.PositiveBigIntegerField(help_text="of these hours")
    payload = models.BinaryField(help_text="drift.window.Window.to_bytes(): the sum of these hours")
