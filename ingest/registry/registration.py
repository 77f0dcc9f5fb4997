"""What a caller asks to be registered, and the checks of all that can be checked before a worker loads the model."""

import hashlib
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from ingest.limits import MAX_FILE_BYTES
from ingest.registry.reference_check import check_reference
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

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix.lower()

    def sha256(self) -> str:
        self.file.seek(0)
        digest = hashlib.sha256()
        while piece := self.file.read(MIB):
            digest.update(piece)
        return digest.hexdigest()

    def size(self) -> int:
        """In bytes."""
        return self.file.seek(0, 2)


@dataclass(frozen=True)
class Registration:
    """The fields of `POST /models`."""

    name: str
    version: str
    artifact: Upload
    reference: Upload | None = None
    metadata: dict[str, Any] = field(default_factory=dict)

    def check_fields(self) -> None:
        """Raises Refusal naming the field that is no name of a model or a version, or no metadata."""
        for name, value in (("name", self.name), ("version", self.version)):
            if not _NAME.fullmatch(value) or value in (".", ".."):
                raise Refusal(name, "must be 1 to 100 letters, digits, dots, underscores or hyphens")
        check_metadata(self.metadata)

    def check_files(self) -> ArtifactFormat:
        """What the artifact is; raises UnusableFile naming the file that is too long, no model or no table."""
        for name, upload in (("artifact", self.artifact), ("reference", self.reference)):
            if upload is not None and upload.size() > MAX_FILE_BYTES:
                raise UnusableFile(name, f"takes more than {readable_bytes(MAX_FILE_BYTES)}, which is the limit")
        try:
            found = format_of(self.artifact.file)
        except Refusal as refusal:
            raise UnusableFile("artifact", refusal.message) from None
        if self.reference is not None:
            _check_table(self.reference)
        return found


def _check_table(upload: Upload) -> None:
    if upload.suffix not in SUFFIXES:
        raise UnusableFile("reference", f"is named {upload.name[:100]!r}; the types are {', '.join(SUFFIXES)}")
    with tempfile.NamedTemporaryFile(suffix=upload.suffix) as copy:
        upload.file.seek(0)
        shutil.copyfileobj(upload.file, copy, MIB)
        copy.flush()
        check_reference(Path(copy.name))
