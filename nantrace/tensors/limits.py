"""How much a table of rows, an archive or a name may measure. Every refusal names its limit and the way out."""

from dataclasses import dataclass

from nantrace.tensors.refusals import TooLarge

MIB, GIB = 2**20, 2**30
MAX_TABLE_BYTES = GIB  # of a file, before it is read
MAX_UNPACKED_BYTES = 4 * GIB  # of a model file
MAX_ARCHIVE_FILES = 10_000
MAX_RANK = 8
MAX_TENSORS = 2_000  # columns of a table may come one by one
MAX_NAME = 200
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


FILE = TableLimits(rows=20_000_000, unpacked_bytes=2 * GIB, way_out="use a random sample of the rows")


def readable_bytes(size: int) -> str:
    """A size for a person: `64 MiB`, `1.5 GiB`."""
    amount, unit = float(size), "bytes"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.4g} {unit}"
