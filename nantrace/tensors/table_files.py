"""Tables in files: `.npz`, `.npy`, `.csv`, `.parquet`."""

from pathlib import Path

from nantrace.packages import need
from nantrace.tensors.checks import check_name, gathered
from nantrace.tensors.csv_layout import AS_FOUND, CsvFormat
from nantrace.tensors.limits import FILE, MAX_TABLE_BYTES, readable_bytes
from nantrace.tensors.numpy_files import read_npy, read_npz
from nantrace.tensors.refusals import Malformed, Refusal, TooLarge
from nantrace.tensors.tensor import Table, Tensor, Tensors, single_name

SUFFIXES = (".npz", ".npy", ".csv", ".parquet")


def read_table(path: Path, field: str, max_bytes: int = MAX_TABLE_BYTES) -> Tensors:
    """The tensors of a file; raises Refusal naming `field` when it cannot be read.

    `.npz`: arrays by name. `.npy` or one nameless array: a tensor "inputs", or "outputs" when that is the
    field. `.csv`, `.parquet`: one float64 tensor of shape (rows, columns) when all columns are numbers, else
    a tensor of shape (rows, 1) per column. Nulls and empty cells are missing.
    """
    return read_named_table(path, field, max_bytes).tensors


def read_named_table(path: Path, field: str, max_bytes: int = MAX_TABLE_BYTES, csv: CsvFormat = AS_FOUND) -> Table:
    """As `read_table`, with the column names; `csv` is what is known of a CSV file."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise Malformed(field, f"is a {suffix or 'nameless'} file; the types are {', '.join(SUFFIXES)}")
    try:
        size = path.stat().st_size
        if size > max_bytes:
            limit = readable_bytes(max_bytes)
            raise TooLarge(field, f"takes {readable_bytes(size)}; the limit is {limit}: {FILE.way_out}")
        return _read(path, suffix, field, csv)
    except OSError as error:
        raise Malformed(field, f"cannot be read: {error.strerror or error}") from None
    except Refusal as error:
        if error.field == field:
            raise
        raise type(error)(field, f"array {error.field[:100]!r} {error.message}") from None


def _read(path: Path, suffix: str, field: str, csv: CsvFormat) -> Table:
    if suffix in (".npz", ".npy"):
        return Table(gathered(field, _arrays(path, suffix, field), FILE))
    need("pyarrow", f"reading a {suffix} file")
    from nantrace.tensors.arrow_files import read_csv, read_parquet  # Arrow is loaded only where it is used

    return read_csv(path, field, csv) if suffix == ".csv" else read_parquet(path, field)


def _arrays(path: Path, suffix: str, field: str) -> list[Tensor]:
    nameless = single_name(field)
    with path.open("rb") as file:
        if suffix == ".npy":
            return [read_npy(file, path.stat().st_size, field, nameless, FILE)]
        tensors = list(read_npz(file, field, FILE).values())
    if len(tensors) == 1 and tensors[0].name == "arr_0":  # np.savez without a name
        return [Tensor(nameless, tensors[0].values)]
    for tensor in tensors:
        check_name(field, tensor.name)
    return tensors
