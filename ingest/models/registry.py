"""Registered Keras models and their versions."""

from typing import Any

from django.db import models

from ingest.models.project import Project
from nantrace.artifact import ArtifactFormat
from nantrace.metadata import with_features

FORMATS = [(one.value, one.name.replace("_", " ").title()) for one in ArtifactFormat]


class Model(models.Model):
    """A name under which versions of one Keras model are registered."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="models")
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="model_name_once_a_project")]

    def __str__(self) -> str:
        return self.name


class ModelVersion(models.Model):
    """One artifact with its metadata and, until its statistics are taken, its reference file."""

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="versions")
    version = models.CharField(max_length=100)
    artifact_format = models.CharField(max_length=20, choices=FORMATS)
    artifact_path = models.CharField(max_length=200, help_text="name in the default storage")
    artifact_sha256 = models.CharField(max_length=64)
    artifact_bytes = models.BigIntegerField()
    reference_path = models.CharField(max_length=200, blank=True, help_text="name in the default storage")
    reference_sha256 = models.CharField(max_length=64, blank=True)
    metadata = models.JSONField(default=dict)
    inputs = models.JSONField(
        null=True, help_text="what rows are made of, once a worker has loaded the model: WantedTensors as JSON"
    )
    hinted_until = models.DateTimeField(
        null=True, blank=True, help_text="a broker message for this version is under way until then"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "version"], name="version_once_a_model")]

    def __str__(self) -> str:
        return f"{self.model.name} {self.version}"

    @property
    def named_metadata(self) -> dict[str, Any]:
        """The metadata, with the names of columns that the reference's header gave where it names no features."""
        named = {one["name"]: one["columns"] for one in self.inputs or () if one["columns"]}
        return with_features(self.metadata, named)
