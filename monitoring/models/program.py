"""The programs of the service on all machines, as they report themselves."""

from django.db import models


class ProgramKind(models.TextChoices):
    """What the service needs besides the web: `replay` and `tasks` are Celery workers, `beat` is their scheduler."""

    REPLAY = "replay"
    TASKS = "tasks"
    BEAT = "beat"


class RunningProgram(models.Model):
    """A program on one machine; it writes every few seconds that it lives (`monitoring/supervision/heartbeats.py`)."""

    kind = models.CharField(max_length=10, choices=ProgramKind)
    host = models.CharField(max_length=255)
    seen_at = models.DateTimeField(help_text="in database time")
    trouble = models.TextField(blank=True, default="", help_text="what keeps it from its work, though it runs")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "host"], name="program_once_a_host")]
