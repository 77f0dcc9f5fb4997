"""Request bodies: their type, and their bytes, read piece by piece so that nobody sends more than a limit."""

from collections.abc import Sequence
from typing import Protocol

from django.http import HttpRequest

from ingest.api.gzipped import gunzip
from ingest.refusals import LengthRequired, UnsupportedType
from nantrace.tensors.limits import readable_bytes
from nantrace.tensors.refusals import Malformed, TooLarge

JSON_TYPE = "application/json"
_PIECE = 2**20


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
    return gunzip(body, limit, way_out) if encoding == "gzip" else body


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
