"""Zip archives from outside: what an archive claims is checked before anything is allocated or unpacked."""

import os
import struct
import zipfile
import zlib
from typing import IO

from nantrace.tensors.limits import MAX_ARCHIVE_FILES, readable_bytes
from nantrace.tensors.refusals import Malformed, TooLarge

_END, _ZIP64_LOCATOR = b"PK\x05\x06", b"PK\x06\x07"
_END_SIZE, _LOCATOR_SIZE, _MAX_COMMENT = 22, 20, 65_535
_MAX_DIRECTORY_BYTES = MAX_ARCHIVE_FILES * 512
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1

# what `zipfile` raises on archives that lie
ZIP_ERRORS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
)


def open_zip(file: IO[bytes], field: str, unpacked_limit: int, way_out: str) -> zipfile.ZipFile:
    """The opened archive with a bounded directory; raises Malformed or TooLarge.

    The sizes that its `infolist` declares are binding: a member never yields more than its `file_size`.
    """
    _check_directory(file, field)
    try:
        archive = zipfile.ZipFile(file)
    except ZIP_ERRORS as error:
        raise Malformed(field, f"is no readable zip archive: {error}") from None
    members = archive.infolist()
    _check_members(members, field)
    total = sum(member.file_size for member in members)
    if total > unpacked_limit:
        limit = readable_bytes(unpacked_limit)
        raise TooLarge(field, f"unpacks to {readable_bytes(total)}; the limit is {limit}: {way_out}")
    return archive


def _check_directory(file: IO[bytes], field: str) -> None:
    """Finds the end record as `zipfile` does and bounds the directory, which `zipfile` reads as a whole."""
    length = file.seek(0, os.SEEK_END)
    file.seek(max(0, length - _MAX_COMMENT - _END_SIZE - _LOCATOR_SIZE))
    tail = file.read()
    plain = len(tail) - _END_SIZE
    at = plain if plain >= 0 and tail.startswith(_END, plain) and tail.endswith(b"\0\0") else tail.rfind(_END)
    if at < 0 or len(tail) < at + _END_SIZE:
        raise Malformed(field, "is no zip archive, or was cut off: it has no end record")
    size = int.from_bytes(tail[at + 12 : at + 16], "little")
    zip64 = tail[max(0, at - _LOCATOR_SIZE) : at].startswith(_ZIP64_LOCATOR)
    if size > _MAX_DIRECTORY_BYTES or zip64:
        raise TooLarge(field, f"is a zip archive of too many files; the limit is {MAX_ARCHIVE_FILES:,}")


def _check_members(members: list[zipfile.ZipInfo], field: str) -> None:
    if len(members) > MAX_ARCHIVE_FILES:
        raise TooLarge(field, f"holds {len(members):,} files; the limit is {MAX_ARCHIVE_FILES:,}")
    if len({member.filename for member in members}) < len(members):
        raise Malformed(field, "holds two files of the same name")
    for member in members:
        if member.compress_type not in _METHODS or member.flag_bits & _ENCRYPTED:
            name = member.filename[:100]
            raise Malformed(field, f"{name!r} is encrypted or not stored with deflate; zip it plainly")
