"""Bodies of plain numbers at the speed of a parser in C that knows no NaN.

msgspec reads JSON eight times as fast as the standard library and refuses the bare tokens. They are put between
quotes first: inside tensors a token and its text mean the same. That is sound because a text without escapes ends at
the next quote: a token inside a text, or beside another value, leaves something that is no JSON. Whatever is not
certain to come out as the slow decoder would have it (escapes, a field given twice, a token outside the tensors, a
number that overflows, no JSON at all) is left to the slow decoder, and so are all messages.
"""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from ingest.limits import MAX_JSON_OBJECTS


def decode_certain(text: bytes, tensors: Collection[str]) -> dict[str, Any] | None:
    """The object with the tokens in its fields `tensors` as texts, or None where the slow decoder must look."""
    if b"\\" in text or b"\0" in text or text.count(b"{") > MAX_JSON_OBJECTS:
        return None
    quoted = _with_quoted_tokens(text)
    try:
        decoded = msgspec.json.decode(quoted)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    if not isinstance(decoded, dict):
        return None
    skeleton = msgspec.json.encode(
        {name: _frame(value) if name in tensors else value for name, value in decoded.items()}
    )
    if skeleton.count(b":") != text.count(b":"):  # a name stands twice, or there are objects among the cells
        return None
    if quoted is not text and (b"NaN" in skeleton or b"Infinity" in skeleton):
        return None
    return decoded


def _frame(value: Any) -> Any:
    """What is no list of cells in a tensor or an object of tensors."""
    if isinstance(value, Mapping):
        return {name: _frame(inner) for name, inner in value.items()}
    return None if isinstance(value, list) else value


def _with_quoted_tokens(text: bytes) -> bytes:
    if b"NaN" in text:
        text = text.replace(b'"NaN"', b"NaN").replace(b"NaN", b'"NaN"')
    if b"Infinity" in text:
        text = text.replace(b'"Infinity"', b"Infinity").replace(b'"-Infinity"', b"-Infinity")
        text = text.replace(b"-Infinity", b'"-\0"').replace(b"Infinity", b'"Infinity"').replace(b"\0", b"Infinity")
    return text
