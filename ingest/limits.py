"""How much the service takes at once. Every refusal names its limit and the way out.

What an operator may want otherwise is an environment variable; `docs/operations.md` lists them.
"""

import os

from django.core.exceptions import ImproperlyConfigured

from nantrace.tensors.limits import GIB, MIB, TableLimits


def _from_environment(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit()) or int(text) == 0:
        raise ImproperlyConfigured(f"{name} is {text!r}; it must be a whole number above 0")
    return int(text)


MAX_BATCH_BYTES = _from_environment("NANWATCH_MAX_BATCH_BYTES", 64 * MIB)  # of a body, and again of its tensors
MAX_BATCH_ROWS = _from_environment("NANWATCH_MAX_BATCH_ROWS", 100_000)
MAX_FILE_BYTES = _from_environment("NANWATCH_MAX_FILE_BYTES", GIB)  # of an artifact or a reference
MAX_FORM_BYTES = 2 * MAX_FILE_BYTES + 8 * MIB
MAX_JSON_VALUES = 8_000_000  # a JSON number costs 40 bytes of memory while it is read
MAX_JSON_LISTS = 2_000_000  # and a list 80, and a microsecond
MAX_JSON_OBJECTS = 10_000
MAX_ARROW_MESSAGES = 1_000  # record batches and dictionaries of a stream
MAX_TEXT = 200  # characters of an id or an idempotency key
BATCH = TableLimits(
    rows=MAX_BATCH_ROWS,
    unpacked_bytes=MAX_BATCH_BYTES,
    way_out="post the rows in smaller batches (operators: NANWATCH_MAX_BATCH_BYTES, NANWATCH_MAX_BATCH_ROWS)",
)
