"""Where the worker keeps the artifacts it replays, and the one Replayer that all its threads share."""

import errno
import shutil
import tempfile
import threading
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from django.conf import settings

from ingest.models import ModelVersion
from ingest.registry.artifacts import materialise
from nantrace.replay.replayer import Replayer

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
    return Replayer(sandbox=settings.NANWATCH_SANDBOX, way_out=OPERATORS_WAY_OUT)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="nanwatch-artifacts-")


def local_artifact(version: ModelVersion) -> Path:
    """The artifact of a version as a file or directory of this machine, unpacked once a process.

    Raises ArtifactAwayError.
    """
    with _lock:
        return _materialised(version.artifact_sha256, version)


_known: dict[str, Path] = {}


def _materialised(digest: str, version: ModelVersion) -> Path:
    if digest not in _known:
        with ExitStack() as undo:
            folder = Path(tempfile.mkdtemp(dir=_folder().name))
            undo.callback(shutil.rmtree, folder)
            try:
                _known[digest] = materialise(version, folder)
            except OSError as error:
                if error.errno in OURS:
                    raise
                raise ArtifactAwayError(version, error) from error
            undo.pop_all()
    return _known[digest]
