"""JSON without bare tokens: what the service writes, and what the database can keep of what it is sent.

In the service's own JSON non-finite numbers are the strings "NaN", "Infinity" and "-Infinity". Metadata and the like
from outside are bounded, finite, and text that both databases hold.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from nantrace.tensors.limits import readable_bytes
from nantrace.tensors.refusals import Refusal, TooLarge

_MAX_DEPTH = 8


def strict(value: Any) -> Any:
    """The value with non-finite numbers as strings and numpy's numbers and arrays as plain ones."""
    match value:
        case float():
            return float(value) if math.isfinite(value) else _word(value)
        case Mapping():
            return {key: strict(item) for key, item in value.items()}
        case list() | tuple():
            return [strict(item) for item in value]
        case np.ndarray() | np.generic():
            return strict(value.tolist())
        case _:
            return value


def check_plain(field: str, value: Any, max_bytes: int) -> None:
    """Raises Refusal when a JSONField could not give the decoded value back as it is."""
    _check(field, value, 0)
    size = len(json.dumps(value, ensure_ascii=False).encode())
    if size > max_bytes:
        raise TooLarge(field, f"takes {readable_bytes(size)} as JSON; the limit is {readable_bytes(max_bytes)}")


def check_storable(field: str, text: str) -> None:
    """Raises Refusal where a database could not keep the text."""
    if not is_storable(text):
        raise Refusal(field, "holds a NUL character or a lone surrogate, which cannot be stored")


def is_storable(text: str) -> bool:
    """Whether a database can keep the text, or look for it: PostgreSQL takes no NUL, none a lone surrogate."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _check(field: str, value: Any, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise Refusal(field, f"is nested more than {_MAX_DEPTH} levels deep")
    match value:
        case str():
            check_storable(field, value)
        case float() if not math.isfinite(value):
            raise Refusal(field, "holds NaN or an infinity, or a number that overflows; send a finite number")
        case dict():
            for key, item in value.items():
                check_storable(field, key)
                _check(f"{field}.{key}"[:200], item, depth + 1)
        case list():
            for item in value:
                _check(field, item, depth + 1)
        case _:
            return


def _word(number: float) -> str:
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
