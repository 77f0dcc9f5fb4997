"""Bodies that come as gzip, unpacked no further than a limit."""

import zlib

from nantrace.tensors.limits import readable_bytes
from nantrace.tensors.refusals import Malformed, TooLarge

_GZIP = 16 + zlib.MAX_WBITS
_MAX_MEMBERS = 100  # RFC 1952 allows any number, one after the other


def gunzip(packed: bytes, limit: int, way_out: str) -> bytes:
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
