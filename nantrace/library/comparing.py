"""Rows are compared with a reference: their drift, and what was done to them."""

from collections.abc import Sequence
from typing import Any

from nantrace.drift.comparison import compare
from nantrace.drift.row_order import RowOrder
from nantrace.feature import FeatureNames
from nantrace.library.documents import Document, metadata_of
from nantrace.library.tables import table_of_rows
from nantrace.library.time_column import sorted_by
from nantrace.metadata import with_features
from nantrace.report.comparison_report import ComparisonReport
from nantrace.tensors.csv_layout import AS_FOUND, CsvFormat
from nantrace.tensors.named_columns import WantedTensor, by_column, match_columns
from nantrace.tensors.refusals import NotFound, Refusal
from nantrace.tensors.tensor import Table, Tensor, Tensors


def compare_rows(
    reference: Any, current: Any, metadata: Document, order: RowOrder, csv: CsvFormat = AS_FOUND
) -> ComparisonReport:
    """Raises Refusal where rows cannot be read or sorted, or lack what the reference has.

    Named columns are matched by their names, in whatever order they stand. A column of another type is drift; one that
    is not there cannot be compared.
    """
    known, seen = _table(reference, "reference", csv), _table(current, "current", csv)
    described = metadata_of(metadata)
    features = list(FeatureNames.of(described, ["inputs"]).by_input.get("inputs", ()))
    notes = (*known.notes, *seen.notes)
    if order.time is not None:
        known, seen = _sorted(known, seen, order.time, features)
    if features and known.columns:
        known, _ = _matched(known, _columns_of(known, features), "reference", "the list of features")
    known, seen, left_out = _alike(known, seen, features)
    return ComparisonReport(
        compare(known.tensors, seen.tensors, with_features(described, dict(known.columns)), order),
        [*notes, *left_out],
    )


def _sorted(known: Table, seen: Table, time: str, features: list[str]) -> tuple[Table, Table]:
    if time in features:
        raise Refusal("time", f"{time!r} is one of metadata.features, and a feature sorts no rows; name another column")
    return sorted_by(known, time, "reference"), sorted_by(seen, time, "current rows")


def _alike(known: Table, seen: Table, features: list[str]) -> tuple[Table, Table, list[str]]:
    """Both tables, the current one with the tensors of the reference, and what of it was left out."""
    wanted = [_as_known(tensor, known.columns.get(tensor.name, features)) for tensor in known.tensors]
    found, left_out = _matched(seen, wanted, "current", "the reference")
    if known.columns and any(_has_turned(found.tensors, tensor) for tensor in known.tensors):
        return _alike(by_column(known), seen, features)
    return known, found, left_out


def _as_known(tensor: Tensor, columns: Sequence[str]) -> WantedTensor:
    values = tensor.values
    width = values.shape[1] if values.ndim == 2 else None
    return WantedTensor(tensor.name, list(columns), width, "texts" if values.dtype.kind == "U" else "numbers")


def _has_turned(found: Tensors, known: Tensor) -> bool:
    """Whether numbers stand next to a column that is text by now: such columns are compared one by one."""
    seen = found.by_name[known.name].values
    return known.values.shape[1:] != (1,) and known.values.dtype.kind != "U" and seen.dtype.kind == "U"


def _columns_of(table: Table, names: list[str]) -> list[WantedTensor]:
    """One tensor of all columns, or one a column where the table has texts."""
    mixed = len(table.tensors) > 1
    return [WantedTensor(name, [name]) for name in names] if mixed else [WantedTensor("inputs", names)]


def _matched(table: Table, wanted: Sequence[WantedTensor], field: str, owner: str) -> tuple[Table, list[str]]:
    found = match_columns(table, wanted)
    if found.missing:
        raise NotFound(field, found.lack(owner))
    return found.table, found.surplus(owner)


def _table(rows: Any, field: str, csv: CsvFormat) -> Table:
    table = table_of_rows(rows, field, csv)
    if not table.tensors.rows:
        raise Refusal(field, "holds no rows, so there is nothing to compare")
    return table
