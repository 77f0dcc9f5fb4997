"""Registers a version of a model: everything checked first, then the files, then the row."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from ingest.models import Model, ModelVersion, Project
from ingest.refusals import Conflict
from ingest.registry.registration import Registration, Upload
from ingest.signals import version_registered
from nantrace.artifact import ArtifactFormat


@dataclass(frozen=True)
class _Digests:
    """SHA-256 of each file, "" where there is none."""

    artifact: str
    reference: str


def register_model(project: Project, registration: Registration) -> tuple[ModelVersion, bool]:
    """The version, and whether it is new; raises Refusal, Conflict when another artifact has the name.

    Of two racing calls with the same files one makes the version and the other finds it.
    """
    registration.check_fields()
    reference = registration.reference
    digests = _Digests(registration.artifact.sha256(), reference.sha256() if reference else "")
    if existing := _existing(project, registration, digests):
        return existing, False
    artifact_format = registration.check_files()
    try:
        return _registered(project, registration, digests, artifact_format), True
    except IntegrityError:
        existing = _existing(project, registration, digests)
        if existing is None:
            raise
        return existing, False


def _registered(
    project: Project, registration: Registration, digests: _Digests, artifact_format: ArtifactFormat
) -> ModelVersion:
    with _stored_files(project, registration, digests) as (artifact_path, reference_path), transaction.atomic():
        model, _ = Model.objects.get_or_create(project=project, name=registration.name)
        version = ModelVersion.objects.create(
            model=model,
            version=registration.version,
            artifact_format=artifact_format,
            artifact_path=artifact_path,
            artifact_sha256=digests.artifact,
            artifact_bytes=registration.artifact.size(),
            reference_path=reference_path,
            reference_sha256=digests.reference,
            metadata=registration.metadata,
        )
        transaction.on_commit(partial(_announce, version.pk))
    return version


def _announce(version_id: int) -> None:
    version_registered.send_robust(sender=ModelVersion, version_id=version_id)


@contextmanager
def _stored_files(project: Project, registration: Registration, digests: _Digests) -> Iterator[tuple[str, str]]:
    """The files' names in the storage, each file of one version only; deleted again when the block fails."""
    names: list[str] = []
    try:
        names.append(_save(registration.artifact, f"{project.pk}/artifacts/{digests.artifact}"))
        if registration.reference is not None:
            suffix = registration.reference.suffix
            names.append(_save(registration.reference, f"{project.pk}/references/{digests.reference}{suffix}"))
        yield names[0], names[1] if len(names) > 1 else ""
    except BaseException:
        for name in names:
            default_storage.delete(name)
        raise


def _save(upload: Upload, name: str) -> str:
    return default_storage.save(name, File(upload.file))


def _existing(project: Project, registration: Registration, digests: _Digests) -> ModelVersion | None:
    """The version of that name where it is the same one; what the caller left out may differ. Raises Conflict."""
    existing = ModelVersion.objects.filter(
        model__project=project, model__name=registration.name, version=registration.version
    ).first()
    if existing is None:
        return None
    same = {
        "artifact": existing.artifact_sha256 == digests.artifact,
        "reference": not digests.reference or existing.reference_sha256 == digests.reference,
        "metadata": not registration.metadata or existing.metadata == registration.metadata,
    }
    for name, is_same in same.items():
        if not is_same:
            way_out = "register this one under another version"
            raise Conflict(name, f"{existing} is registered with another {name}; {way_out}")
    return existing
