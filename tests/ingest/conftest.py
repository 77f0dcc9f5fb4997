"""A registered version to post rows to."""

import io
import zipfile

import pytest

from ingest.models import Model, ModelVersion, Project


def keras_file() -> bytes:
    """The bytes of a `.keras` archive; nobody loads it here."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("metadata.json", '{"keras_version": "3.15.1"}')
        archive.writestr("model.weights.h5", b"\x89HDF\r\n\x1a\n")
    return packed.getvalue()


@pytest.fixture
def churn(project: Project) -> ModelVersion:
    """Version 7 of the model `churn` in alice's project."""
    model = Model.objects.create(project=project, name="churn")
    return ModelVersion.objects.create(
        model=model, version="7", artifact_format="keras", artifact_path="churn", artifact_bytes=1
    )
