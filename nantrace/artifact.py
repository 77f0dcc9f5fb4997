"""Model files: what they are, found out without TensorFlow, and how they get into a folder to be loaded from."""

import shutil
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import IO

from nantrace.archives import check_member_name, check_member_names, open_tar
from nantrace.tensors.limits import MAX_UNPACKED_BYTES, MIB
from nantrace.tensors.refusals import Refusal, UnusableFile
from nantrace.tensors.zip_archives import ZIP_ERRORS, open_zip

_HDF5, _ZIP, _GZIP = b"\x89HDF\r\n\x1a\n", b"PK", b"\x1f\x8b"
_KERAS_FILES = {"config.json", "metadata.json", "model.weights.h5"}
_SAVED_MODEL = "saved_model.pb"
_WAY_OUT = "save the model again with model.save(...) or tf.saved_model.save(...)"


class ArtifactFormat(StrEnum):
    """How a model was saved."""

    KERAS = "keras"
    H5 = "h5"
    SAVED_MODEL_ZIP = "savedmodel.zip"
    SAVED_MODEL_TAR = "savedmodel.tar.gz"


def format_of(file: IO[bytes]) -> ArtifactFormat:
    """What kind of model the file holds, by its content; raises Refusal naming `artifact`."""
    file.seek(0)
    start = file.read(8)
    if start == _HDF5:
        _check_whole_h5(file)
        return ArtifactFormat.H5
    if start.startswith(_ZIP):
        return _zip_format(file)
    if start.startswith(_GZIP):
        file.seek(0)
        with open_tar(file) as files:
            _root_of([check_member_name(member.name) for member, _ in files])
        return ArtifactFormat.SAVED_MODEL_TAR
    raise UnusableFile("artifact", f"is no .keras, .h5 or packed SavedModel file; {_WAY_OUT}")


def unpack(file: IO[bytes], kind: ArtifactFormat, folder: Path) -> Path:
    """Writes a model file of a known kind into an empty folder; returns the model file or SavedModel directory."""
    file.seek(0)
    match kind:
        case ArtifactFormat.SAVED_MODEL_ZIP:
            return _unpack_zip(file, folder)
        case ArtifactFormat.SAVED_MODEL_TAR:
            return _unpack_tar(file, folder)
        case _:
            return _copy(file, folder / f"model.{kind}")


def _check_whole_h5(file: IO[bytes]) -> None:
    """A Keras model in HDF5 has its architecture in an attribute of the root; weights alone have none."""
    before = b""
    while piece := file.read(MIB):
        if b"model_config" in before + piece:
            return
        before = piece[-16:]
    raise UnusableFile("artifact", f"holds weights without a model (no model_config); {_WAY_OUT}")


def _zip_format(file: IO[bytes]) -> ArtifactFormat:
    with _opened(file) as archive:
        names = _checked_names(archive)
        if set(names) >= _KERAS_FILES:
            check_member_names(names)
            return ArtifactFormat.KERAS
        _root_of(names)
        return ArtifactFormat.SAVED_MODEL_ZIP


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    try:
        with open_zip(file, "artifact", MAX_UNPACKED_BYTES, "a model of this size is not replayed") as archive:
            yield archive
    except Refusal:
        raise
    except ZIP_ERRORS as error:
        raise UnusableFile("artifact", f"cannot be unpacked: {error}") from None


def _checked_names(archive: zipfile.ZipFile) -> list[str]:
    names = []
    for member in archive.infolist():
        name = check_member_name(member.filename)
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise UnusableFile("artifact", f"{name[:100]!r} is a link or a device; pack files only")
        if not member.is_dir():
            names.append(name)
    return names


def _root_of(names: list[str]) -> PurePosixPath:
    """The folder of the SavedModel: the top of the archive, or a single folder there."""
    check_member_names(names)
    roots = [PurePosixPath(name).parent for name in names if PurePosixPath(name).name == _SAVED_MODEL]
    roots = [root for root in roots if len(root.parts) <= 1]
    if len(roots) != 1:
        wanted = f"one {_SAVED_MODEL} at its top, or config.json and model.weights.h5"
        raise UnusableFile("artifact", f"is an archive without {wanted}; {_WAY_OUT}")
    return roots[0]


def _unpack_zip(stored: IO[bytes], folder: Path) -> Path:
    with _opened(stored) as archive:
        names = _checked_names(archive)
        for member in archive.infolist():
            if not member.is_dir():
                with archive.open(member) as packed:
                    _copy(packed, folder / check_member_name(member.filename))
        return folder / _root_of(names)


def _unpack_tar(stored: IO[bytes], folder: Path) -> Path:
    names = []
    with open_tar(stored) as files:
        for member, archive in files:
            names.append(check_member_name(member.name))
            _copy(_content(archive, member), folder / names[-1])
    return folder / _root_of(names)


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(member)
    if content is None:
        raise UnusableFile("artifact", f"{member.name[:100]!r} cannot be unpacked")
    return content


def _copy(source: IO[bytes], target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        shutil.copyfileobj(source, file, MIB)
    return target
