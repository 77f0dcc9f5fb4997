"""What a new version is compared with in its first day, next to its reference: the version before."""

from django.db import models

from ingest.models import ModelVersion


class VersionBefore(models.Model):
    """The last quiet hours of the version before as counts, in the bins of its reference; written once."""

    version = models.OneToOneField(ModelVersion, on_delete=models.CASCADE, related_name="version_before")
    before = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(help_text="the first hour of the new version")
    until = models.DateTimeField(help_text="hours from here on are not compared any more")
    hours = models.PositiveIntegerField(help_text="quiet hours of the version before")
    rows = models.PositiveBigIntegerField(help_text="of these hours")
    payload = models.BinaryField(help_text="drift.window.Window.to_bytes(): the sum of these hours")
