"""Request bodies: their type, and their bytes, read and unpacked piece by piece so that none exceeds a limit."""

import zlib
from collections.abc import Sequence
from typing import Protocol

from django.http import HttpRequest

from ingest.refusals import LengthRequired, UnsupportedType
from nantrace.tensors.limits import readable_bytes
from nantrace.tensors.refusals import Malformed, TooLarge

JSON_TYPE = "application/json"
_PIECE = 2**20
_GZIP = 16 + zlib.MAX_WBITS
_MAX_MEMBERS = 100  # RFC 1952 allows any number, one after the other


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


def check_content_type(content_type: str | None, accepted: Sequence[str]) -> None:
    """Raises UnsupportedType with the list of accepted types."""
    if content_type not in accepted:
        shown = (content_type or "missing")[:100]
        raise UnsupportedType("Content-Type", f"is {shown}; the types are {', '.join(accepted)}")


def read_body(request: HttpRequest, limit: int, way_out: str) -> bytes:
    """The whole body, unpacked where it came as gzip; raises Refusal naming `body` or `Content-Encoding`."""
    check_length(request, "body", limit, way_out)
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise UnsupportedType("Content-Encoding", f"is {encoding[:40]!r}; send the body as it is, or as gzip")
    body = _received(request, limit, way_out)
    return _gunzip(body, limit, way_out) if encoding == "gzip" else body


def _received(request: HttpRequest, limit: int, way_out: str) -> bytes:
    declared, source = _declared(request), _stream(request)
    pieces, size = [], 0
    while piece := source.read(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise _too_large("body", f"more than {readable_bytes(limit)}", limit, way_out)
    if declared is not None and size < declared:
        raise Malformed("body", f"was cut off after {size} of {declared} bytes")
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def check_length(request: HttpRequest, field: str, limit: int, way_out: str) -> None:
    """Refuses a body by the length it declares, before a byte of it is read."""
    declared = _declared(request)
    if declared is not None and declared > limit:
        raise _too_large(field, readable_bytes(declared), limit, way_out)


def require_length(request: HttpRequest) -> None:
    """Forms are read by Django, which takes a body without a length for an empty one."""
    if _declared(request) is None:
        raise LengthRequired("Content-Length", "is missing; send the form with its length instead of in chunks")


def _declared(request: HttpRequest) -> int | None:
    text = request.META.get("CONTENT_LENGTH") or ""
    return int(text) if text.isascii() and text.isdigit() else None


def _stream(request: HttpRequest) -> _Stream:
    """Django bounds its stream by Content-Length; a chunked body ends where the server says."""
    if _declared(request) is None and request.META.get("wsgi.input_terminated"):
        stream: _Stream = request.META["wsgi.input"]
        return stream
    return request


def _too_large(field: str, size: str, limit: int, way_out: str) -> TooLarge:
    return TooLarge(field, f"takes {size}; the limit is {readable_bytes(limit)}: {way_out}")


def _gunzip(packed: bytes, limit: int, way_out: str) -> bytes:
    """The unpacked bytes; raises TooLarge before there are more than `limit`, Malformed when `packed` is not gzip."""
    pieces, size, members = [], 0, 0
    while packed:
        members += 1
        if members > _MAX_MEMBERS:
            raise Malformed("body", f"holds more than {_MAX_MEMBERS} gzip members; compress it in one go")
        member = zlib.decompressobj(_GZIP)
        try:
            piece = member.decompress(packed, limit - size + 1)
        except zlib.error as error:
            raise Malformed("body", f"is not gzip, as Content-Encoding says: {error}") from None
        size += len(piece)
        if size > limit:
            unpacked = f"unpacks to more than {readable_bytes(limit)}"
            raise TooLarge("body", f"{unpacked}, which is the limit: {way_out}")
        if not member.eof:
            raise Malformed("body", "was cut off: its gzip data has no end")
        pieces.append(piece)
        packed = member.unused_data
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
