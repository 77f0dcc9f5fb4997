"""Where the worker keeps the artifacts it replays, and the one Replayer that all its threads share."""

import tempfile
import threading
from functools import cache
from pathlib import Path

from django.conf import settings

from ingest.artifacts import materialise
from ingest.models import ModelVersion
from monitoring.replay.replayer import Replayer

_lock = threading.Lock()


@cache
def shared_replayer() -> Replayer:
    """The Replayer of this process."""
    return Replayer(sandbox=settings.NANWATCH_SANDBOX)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="nanwatch-artifacts-")


def local_artifact(version: ModelVersion) -> Path:
    """The artifact of a version as a file or directory of this machine, unpacked once a process."""
    with _lock:
        return _materialised(version.artifact_sha256, version)


_known: dict[str, Path] = {}


def _materialised(digest: str, version: ModelVersion) -> Path:
    if digest not in _known:
        folder = Path(_folder().name) / digest
        folder.mkdir()
        _known[digest] = materialise(version, folder)
    return _known[digest]
