"""The arguments of the commands, which `nantrace` and the service's `manage.py` share."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nantrace.tensors.csv_layout import CsvFormat

MODEL = ".keras, .h5, SavedModel directory, .zip or .tar.gz"
ROWS = ".npz, .npy, .csv or .parquet"


def add_diagnose_arguments(parser: ArgumentParser) -> None:
    """MODEL --inputs ROWS and what else is known of them."""
    _add_model(parser)
    parser.add_argument("--inputs", type=Path, required=True, help=f"rows: {ROWS}")
    _add_reference(parser)
    parser.add_argument("--outputs", type=Path, help="what serving answered")
    _add_metadata(parser)
    parser.add_argument("--environment", type=Path, help="JSON: tensorflow, keras, device, ...")
    _add_csv(parser)
    _add_json(parser)


def add_drift_arguments(parser: ArgumentParser) -> None:
    """REF CURRENT."""
    parser.add_argument("reference", type=Path, metavar="REF", help=f"training inputs: {ROWS}")
    parser.add_argument("current", type=Path, metavar="CURRENT", help=f"the rows to compare with them: {ROWS}")
    parser.add_argument("--iid", action="store_true", help="the rows are independent: none resembles its neighbours")
    parser.add_argument("--time", metavar="COLUMN", help="sort the rows of both by this column, which is no feature")
    _add_metadata(parser)
    _add_csv(parser)
    _add_json(parser)


def add_audit_arguments(parser: ArgumentParser) -> None:
    """MODEL, and its training inputs."""
    _add_model(parser)
    _add_reference(parser)
    _add_metadata(parser)
    _add_csv(parser)
    _add_json(parser)


def _add_model(parser: ArgumentParser) -> None:
    parser.add_argument("model", type=Path, help=MODEL)
    parser.add_argument(
        "--trust-model",
        action="store_true",
        help="run the model without a lock: only one that is trusted like own code",
    )


def _add_reference(parser: ArgumentParser) -> None:
    parser.add_argument("--reference", type=Path, help="training inputs, as the model received them")


def _add_metadata(parser: ArgumentParser) -> None:
    parser.add_argument("--metadata", type=Path, help="JSON: features, preprocessing")


def _add_csv(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--no-header", action="store_true", help="the first line of the CSV files is a row, whatever it holds"
    )
    parser.add_argument(
        "--delimiter", type=_delimiter, metavar="D", help="what separates cells in CSV files: , ; or tab"
    )


def csv_format(options: Mapping[str, Any]) -> CsvFormat:
    """What the options say about CSV files."""
    return CsvFormat(header=False if options["no_header"] else None, delimiter=options["delimiter"])


def _delimiter(text: str) -> str:
    """One character; shells do not like a tab, so that its name and \\t stand for it."""
    given = {"tab": "\t", "\\t": "\t"}.get(text, text)
    if len(given) != 1 or given in '\r\n"':
        raise ArgumentTypeError(f"{text!r} is not one character that can separate cells")
    return given


def _add_json(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
