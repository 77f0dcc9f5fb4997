"""Where the worker keeps the artifacts it replays, and the one Replayer that all its threads share."""

import errno
import shutil
import tempfile
import threading
from contextlib import ExitStack
from functools import cache
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.files.storage import default_storage

from ingest.models import ModelVersion
from nantrace.artifact import ArtifactFormat, unpack
from nantrace.replay.replayer import Replayer
from nantrace.tensors.limits import MIB

OPERATORS_WAY_OUT = (
    "Run the worker where they can, or set NANWATCH_SANDBOX=off if every model that is registered can be trusted like "
    "your own code"
)
OURS = (None, errno.ENOSPC)  # a damaged archive has no number; space is missing on this machine

_lock = threading.Lock()


class ArtifactAwayError(Exception):
    """The file of a registered model cannot be read. Its rows wait: a volume may come back."""

    def __init__(self, version: ModelVersion, error: OSError) -> None:
        super().__init__(
            f"the model file cannot be read ({error.strerror or error}): bring {version.artifact_path} back into the "
            "artifacts of the data directory, which web and workers share"
        )


@cache
def shared_replayer() -> Replayer:
    """The Replayer of this process."""
    memory = settings.NANWATCH_REPLAY_MEMORY
    return Replayer(sandbox=settings.NANWATCH_SANDBOX, memory=memory, way_out=OPERATORS_WAY_OUT)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="nanwatch-artifacts-")


def local_artifact(version: ModelVersion) -> Path:
    """The artifact of a version as a file or directory of this machine, unpacked once a process.

    Raises ArtifactAwayError.
    """
    with _lock:
        return _materialised(version)


_known: dict[tuple[int, str], Path] = {}
"""By version and digest: the same bytes in two projects are two files, so that no process replays for both of them. A
model may keep what it was asked with."""


def _materialised(version: ModelVersion) -> Path:
    key = version.pk, version.artifact_sha256
    if key not in _known:
        with ExitStack() as undo:
            folder = Path(tempfile.mkdtemp(dir=_folder().name))
            undo.callback(shutil.rmtree, folder)
            try:
                _known[key] = materialise(version, folder)
            except OSError as error:
                if error.errno in OURS:
                    raise
                raise ArtifactAwayError(version, error) from error
            undo.pop_all()
    return _known[key]


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
