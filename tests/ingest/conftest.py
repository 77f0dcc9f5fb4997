"""A registered version to post rows to."""

import functools
import io
import zipfile

import pytest
from pytest_django import Settings

from ingest.models import Model, ModelVersion, Project


@functools.cache
def keras_file() -> bytes:
    """The bytes of a `.keras` archive, the same at every call (zip keeps times); nobody loads it here."""
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


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A storage of each test's own: rolled-back projects leave their numbers to the next test's."""
    default = settings.STORAGES["default"]
    options = {**default["OPTIONS"], "location": tmp_path_factory.mktemp("storage")}
    settings.STORAGES = {**settings.STORAGES, "default": {**default, "OPTIONS": options}}
