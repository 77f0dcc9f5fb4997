"""Registers a version of a model: everything checked first, then the files, then the row."""

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from ingest.limits import MAX_FILE_BYTES
from ingest.models import Model, ModelVersion, Project
from ingest.refusals import Conflict
from ingest.registry.reference_check import check_reference
from ingest.signals import version_registered
from nantrace.artifact import ArtifactFormat, format_of
from nantrace.metadata import check_metadata
from nantrace.tensors.limits import MIB, readable_bytes
from nantrace.tensors.refusals import Refusal, UnusableFile
from nantrace.tensors.table_files import SUFFIXES

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


@dataclass(frozen=True)
class Upload:
    """A seekable file and the name that the caller gave it."""

    file: IO[bytes]
    name: str

    def sha256(self) -> str:
        self.file.seek(0)
        digest = hashlib.sha256()
        while piece := self.file.read(MIB):
            digest.update(piece)
        return digest.hexdigest()

    def size(self) -> int:
        return self.file.seek(0, 2)


@dataclass(frozen=True)
class Registration:
    """What a caller asks to be registered."""

    name: str
    version: str
    artifact: Upload
    reference: Upload | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Digests:
    artifact: str
    reference: str


def register_model(project: Project, wanted: Registration) -> tuple[ModelVersion, bool]:
    """The version, and whether it is new; raises Refusal, Conflict when another artifact has the name.

    Of two racing calls with the same files one makes the version and the other finds it.
    """
    _check_names(wanted)
    check_metadata(wanted.metadata)
    digests = _Digests(wanted.artifact.sha256(), wanted.reference.sha256() if wanted.reference else "")
    if existing := _existing(project, wanted, digests):
        return existing, False
    artifact_format = _checked_files(wanted)
    try:
        return _register(project, wanted, digests, artifact_format), True
    except IntegrityError:
        existing = _existing(project, wanted, digests)
        if existing is None:
            raise
        return existing, False


def _register(
    project: Project, wanted: Registration, digests: _Digests, artifact_format: ArtifactFormat
) -> ModelVersion:
    with _stored(project, wanted, digests) as (artifact_path, reference_path), transaction.atomic():
        model, _ = Model.objects.get_or_create(project=project, name=wanted.name)
        version = ModelVersion.objects.create(
            model=model,
            version=wanted.version,
            artifact_format=artifact_format,
            artifact_path=artifact_path,
            artifact_sha256=digests.artifact,
            artifact_bytes=wanted.artifact.size(),
            reference_path=reference_path,
            reference_sha256=digests.reference,
            metadata=wanted.metadata,
        )
        transaction.on_commit(partial(_tell, version.pk))
    return version


def _tell(version_id: int) -> None:
    version_registered.send_robust(sender=ModelVersion, version_id=version_id)


@contextmanager
def _stored(project: Project, wanted: Registration, digests: _Digests) -> Iterator[tuple[str, str]]:
    """The files' names in the storage, each file of one version only; taken back when the block fails."""
    names: list[str] = []
    try:
        names.append(_save(wanted.artifact, f"{project.pk}/artifacts/{digests.artifact}"))
        if wanted.reference is not None:
            suffix = _suffix(wanted.reference)
            names.append(_save(wanted.reference, f"{project.pk}/references/{digests.reference}{suffix}"))
        yield names[0], names[1] if len(names) > 1 else ""
    except BaseException:
        for name in names:
            default_storage.delete(name)
        raise


def _save(upload: Upload, name: str) -> str:
    return default_storage.save(name, File(upload.file))


def _check_names(wanted: Registration) -> None:
    for name, value in (("name", wanted.name), ("version", wanted.version)):
        if not _NAME.fullmatch(value) or value in (".", ".."):
            raise Refusal(name, "must be 1 to 100 letters, digits, dots, underscores or hyphens")


def _checked_files(wanted: Registration) -> ArtifactFormat:
    for name, upload in (("artifact", wanted.artifact), ("reference", wanted.reference)):
        if upload is not None and upload.size() > MAX_FILE_BYTES:
            raise UnusableFile(name, f"takes more than {readable_bytes(MAX_FILE_BYTES)}, which is the limit")
    try:
        found = format_of(wanted.artifact.file)
    except Refusal as refusal:
        raise UnusableFile("artifact", refusal.message) from None
    if wanted.reference is not None:
        _check_reference(wanted.reference)
    return found


def _check_reference(upload: Upload) -> None:
    suffix = _suffix(upload)
    if suffix not in SUFFIXES:
        raise UnusableFile("reference", f"is named {upload.name[:100]!r}; the types are {', '.join(SUFFIXES)}")
    with tempfile.NamedTemporaryFile(suffix=suffix) as copy:
        upload.file.seek(0)
        shutil.copyfileobj(upload.file, copy, MIB)
        copy.flush()
        check_reference(Path(copy.name))


def _suffix(upload: Upload) -> str:
    return PurePosixPath(upload.name).suffix.lower()


def _existing(project: Project, wanted: Registration, digests: _Digests) -> ModelVersion | None:
    """The version of that name when it is the same one; what the caller left out may differ."""
    existing = ModelVersion.objects.filter(
        model__project=project, model__name=wanted.name, version=wanted.version
    ).first()
    if existing is None:
        return None
    same = {
        "artifact": existing.artifact_sha256 == digests.artifact,
        "reference": not digests.reference or existing.reference_sha256 == digests.reference,
        "metadata": not wanted.metadata or existing.metadata == wanted.metadata,
    }
    for name, is_same in same.items():
        if not is_same:
            way_out = "register this one under another version"
            raise Conflict(name, f"{existing} is registered with another {name}; {way_out}")
    return existing
