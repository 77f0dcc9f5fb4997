"""The files of a registered version, from the storage into a folder of this machine."""

import shutil
from pathlib import Path, PurePosixPath

from django.core.files.storage import default_storage

from ingest.models import ModelVersion
from nantrace.artifact import ArtifactFormat, unpack
from nantrace.tensors.limits import MIB


def materialise(version: ModelVersion, folder: Path) -> Path:
    """Writes the artifact into an empty folder; returns the model file or the SavedModel directory there."""
    with default_storage.open(version.artifact_path) as stored:
        return unpack(stored, ArtifactFormat(version.artifact_format), folder)


def materialise_reference(version: ModelVersion, folder: Path) -> Path:
    """Writes the reference file, while it is still kept, into a folder and returns its path."""
    with default_storage.open(version.reference_path) as stored:
        path = folder / f"reference{PurePosixPath(version.reference_path).suffix}"
        with path.open("xb") as file:
            shutil.copyfileobj(stored, file, MIB)
        return path
