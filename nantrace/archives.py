"""Archives of models from outside: names that stay inside their folder, and the files of a compressed tar."""

import gzip
import io
import tarfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO

from nantrace.tensors.limits import MAX_ARCHIVE_FILES, MAX_UNPACKED_BYTES, MIB, readable_bytes
from nantrace.tensors.refusals import Refusal, TooLarge, UnusableFile

_MAX_PATH = 500
_MAX_READ = MIB  # tarfile reads a long name or a pax header at once, however long it says it is


def check_member_name(name: str) -> str:
    """The name without a leading `./`; raises UnusableFile when it would lead out of the folder."""
    path = PurePosixPath(name)
    bad = path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name
    if bad or len(name) > _MAX_PATH or not name.isprintable():
        raise UnusableFile("artifact", f"holds a file with the unsafe name {name[:100]!r}")
    return str(path)


def check_member_names(names: Collection[str]) -> None:
    """Raises UnusableFile when two files would be unpacked to one place, or one below another."""
    unique = set(names)
    folders = {str(folder) for name in unique for folder in PurePosixPath(name).parents}
    if len(unique) < len(names) or unique & folders:
        raise UnusableFile("artifact", "holds two files of the same name, or a file that is also a folder")


class _BoundedReader(io.RawIOBase):
    """The unpacked stream of a gzip file; refuses to hand out more than an artifact may unpack to."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._unpacked = gzip.GzipFile(fileobj=file)

    def read(self, size: int = -1, /) -> bytes:
        if not 0 <= size <= _MAX_READ:
            raise UnusableFile("artifact", "has an archive header of more than 1 MiB; pack it plainly")
        data = self._unpacked.read(size)
        if self._unpacked.tell() > MAX_UNPACKED_BYTES:
            raise TooLarge("artifact", f"unpacks to more than {readable_bytes(MAX_UNPACKED_BYTES)}")
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if offset > MAX_UNPACKED_BYTES:
            raise TooLarge("artifact", f"unpacks to more than {readable_bytes(MAX_UNPACKED_BYTES)}")
        return self._unpacked.seek(offset, whence)

    def tell(self) -> int:
        return self._unpacked.tell()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True


@contextmanager
def open_tar(file: IO[bytes]) -> Iterator[Iterator[tuple[tarfile.TarInfo, tarfile.TarFile]]]:
    """Regular files of the archive, one by one in its order; raises Refusal naming `artifact`."""
    try:
        with tarfile.TarFile(fileobj=_BoundedReader(file), mode="r") as archive:
            yield _regular_files(archive)
    except Refusal:
        raise
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError) as error:
        raise UnusableFile("artifact", f"is no readable .tar.gz archive: {str(error)[:200]}") from None


def _regular_files(archive: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, tarfile.TarFile]]:
    seen: set[str] = set()
    for member in archive:
        if len(seen) >= MAX_ARCHIVE_FILES:
            raise TooLarge("artifact", f"holds more than {MAX_ARCHIVE_FILES:,} files")
        name = check_member_name(member.name)
        if name in seen:
            raise UnusableFile("artifact", f"holds {name[:100]!r} twice")
        seen.add(name)
        if member.isdir():
            continue
        if not member.isreg() or member.issparse() or member.size < 0:
            raise UnusableFile("artifact", f"{name[:100]!r} is a link, a device or a sparse file; pack files only")
        yield member, archive
