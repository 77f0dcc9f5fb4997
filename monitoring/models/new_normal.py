"""Hours of drift that a person accepted: from then on they are what some features of a version are judged against."""

from django.db import models

from ingest.models import ModelVersion
from monitoring.models.incident import Incident, IncidentEvent


class NewNormal(models.Model):
    """The accepted hours of an incident as counts, in the bins of the version's reference.

    Who accepted them, when and why stands in the history of the incident: `accepted`, and `withdrawn` once it was
    taken back.
    """

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="new_normals")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="new_normals")
    accepted = models.OneToOneField(IncidentEvent, on_delete=models.CASCADE, related_name="+")
    withdrawn = models.OneToOneField(IncidentEvent, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(help_text="the first accepted hour")
    until = models.DateTimeField(help_text="the end of the last one")
    hours = models.PositiveIntegerField()
    rows = models.PositiveBigIntegerField()
    features = models.JSONField(help_text="side, input and index of each feature that is judged against it")
    payload = models.BinaryField(help_text="drift.window.Window.to_bytes(): the sum of the accepted hours")
    alarms = models.JSONField(default=dict, help_text="what the alarms remember from hour to hour, strict JSON")

    class Meta:
        ordering = ["-pk"]
