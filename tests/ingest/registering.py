"""Posting models, and the archives that they come in."""

import io
import tarfile
import zipfile
from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.conftest import ApiClient
from tests.ingest.conftest import keras_file

H5 = b"\x89HDF\r\n\x1a\n" + bytes(100) + b"model_config" + bytes(100)


def register(client: ApiClient, artifact: bytes | None = None, /, **fields: Any) -> Any:
    form = {"name": "churn", "version": "7", "artifact": SimpleUploadedFile("m", artifact or keras_file())}
    return client.post("/models", form | fields)


def files_of(project_id: int) -> list[str]:
    """What the storage keeps of a project."""
    found = []
    for kind in ("artifacts", "references"):
        folder = f"{project_id}/{kind}"
        if default_storage.exists(folder):
            found += default_storage.listdir(folder)[1]
    return found


def zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def tarred(*members: tarfile.TarInfo) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for member in members:
            archive.addfile(member, io.BytesIO(bytes(member.size)))
    return packed.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, size: int = 3) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, size if kind == tarfile.REGTYPE else 0, "/etc/passwd"
    return info
