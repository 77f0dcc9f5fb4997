"""How much the service takes at once. Every refusal names its limit and the way out.

What an operator may want otherwise is an environment variable; `docs/operations.md` lists them.
"""

import os
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

from ingest.refusals import TooLarge

MIB, GIB = 2**20, 2**30


def _set(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit()) or int(text) == 0:
        raise ImproperlyConfigured(f"{name} is {text!r}; it must be a whole number above 0")
    return int(text)


MAX_BATCH_BYTES = _set("NANWATCH_MAX_BATCH_BYTES", 64 * MIB)  # of a body of samples, and again of its tensors
MAX_BATCH_ROWS = _set("NANWATCH_MAX_BATCH_ROWS", 100_000)
MAX_FILE_BYTES = _set("NANWATCH_MAX_FILE_BYTES", GIB)  # of an artifact or a reference
MAX_FORM_BYTES = 2 * MAX_FILE_BYTES + 8 * MIB
MAX_UNPACKED_BYTES = 4 * GIB  # of an artifact
MAX_ARCHIVE_FILES = 10_000
MAX_JSON_VALUES = 8_000_000  # a JSON number costs 40 bytes of memory while it is read
MAX_JSON_LISTS = 2_000_000  # and a list 80, and a microsecond
MAX_JSON_OBJECTS = 10_000
MAX_ARROW_MESSAGES = 1_000  # record batches and dictionaries of a stream
MAX_RANK = 8
MAX_TENSORS = 64
MAX_NAME = 200
MAX_TEXT = 200  # of an id, an idempotency key
MAX_ENVIRONMENT_BYTES = 16 * 1024
MAX_METADATA_BYTES = 4 * MIB


@dataclass(frozen=True)
class TableLimits:
    """What one set of tensors may measure, and what to do when it is more."""

    rows: int
    unpacked_bytes: int
    way_out: str

    def check_rows(self, field: str, rows: int) -> None:
        if rows > self.rows:
            raise TooLarge(field, f"has {rows:,} rows; the limit is {self.rows:,}: {self.way_out}")

    def check_texts(self, field: str, texts: int) -> None:
        """Of texts one by one, each of which costs a microsecond or two whatever its length."""
        if texts > 10 * self.rows:
            raise TooLarge(field, f"holds {texts:,} texts; the limit is {10 * self.rows:,}: {self.way_out}")

    def check_bytes(self, field: str, size: int) -> None:
        if size > self.unpacked_bytes:
            limit = readable_bytes(self.unpacked_bytes)
            raise TooLarge(field, f"takes {readable_bytes(size)} in memory; the limit is {limit}: {self.way_out}")


BATCH = TableLimits(
    rows=MAX_BATCH_ROWS,
    unpacked_bytes=MAX_BATCH_BYTES,
    way_out="post the rows in smaller batches (operators: NANWATCH_MAX_BATCH_BYTES, NANWATCH_MAX_BATCH_ROWS)",
)
FILE = TableLimits(rows=20_000_000, unpacked_bytes=2 * GIB, way_out="use a random sample of the rows")


def readable_bytes(size: int) -> str:
    """A size for a person: `64 MiB`, `1.5 GiB`."""
    amount, unit = float(size), "bytes"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.4g} {unit}"
