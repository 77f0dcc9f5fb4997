"""JSON texts in which NaN and infinities may stand as bare tokens, within limits of size."""

import json
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

from ingest.formats.json.cells import TOKENS
from ingest.formats.json.fast import decode_certain
from ingest.limits import MAX_JSON_LISTS, MAX_JSON_OBJECTS, MAX_JSON_VALUES
from nantrace.tensors.refusals import Malformed, Refusal, TooLarge


def check_json_size(text: bytes, field: str) -> None:
    """Raises TooLarge by how many values or lists the text can hold at most, before it is parsed."""
    for mark, kind, limit in ((b",", "values", MAX_JSON_VALUES), (b"[", "lists", MAX_JSON_LISTS)):
        if len(text) > limit < text.count(mark):
            way_out = "post fewer rows at once, or as application/x-npz"
            raise TooLarge(field, f"holds more than {limit:,} {kind}; {way_out}")


def decode_json_object(text: bytes, field: str, tensors: Collection[str] = ()) -> dict[str, Any]:
    """As `decode_json`, of an object; in its fields `tensors` bare tokens may come back as texts."""
    if tensors and (certain := decode_certain(text, tensors)) is not None:
        return certain
    decoded = decode_json(text, field)
    if not isinstance(decoded, dict):
        raise Malformed(field, "must be a JSON object")
    return decoded


def decode_json(text: bytes, field: str) -> Any:
    """JSON in which the bare NaN and infinity tokens are legal and no name stands twice.

    Some programs on Windows begin a UTF-8 text with a mark of the byte order, which parsers may pass over (RFC 8259).
    Raises Malformed. An infinity that was a token is one of the two objects of `cells.TOKENS`.
    """
    try:
        return _decode(text.removeprefix(BOM_UTF8).decode(), field)
    except UnicodeDecodeError as error:
        raise Malformed(field, f"is not UTF-8 text: byte {error.start} is wrong") from None
    except RecursionError:
        raise Malformed(field, "is nested too deeply to be a batch") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Malformed(field, f"is not JSON: {error.msg} at {where}") from None


def _decode(text: str, field: str) -> Any:
    try:
        return _decoder(field).decode(text)
    except (json.JSONDecodeError, Refusal):
        raise
    except ValueError:  # an integer of more digits than Python converts
        return _decoder(field, _long_integer).decode(text)


def _decoder(field: str, parse_int: Callable[[str], float] | None = None) -> json.JSONDecoder:
    objects = 0

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal objects
        objects += 1
        if objects > MAX_JSON_OBJECTS:
            raise TooLarge(field, f"holds more than {MAX_JSON_OBJECTS:,} objects; send rows as lists of values")
        found = dict(pairs)
        if len(found) < len(pairs):
            twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
            raise Malformed(field, f"holds the field {twice[:40]!r} twice")
        return found

    return json.JSONDecoder(object_pairs_hook=unique, parse_constant=TOKENS.__getitem__, parse_int=parse_int)


def _long_integer(digits: str) -> float:
    """An integer of any length; Python itself refuses more than 4300 digits, and float64 holds fewer than 400."""
    return int(digits) if len(digits) < 400 else float(digits)
