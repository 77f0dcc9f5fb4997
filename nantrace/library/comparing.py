"""Rows are compared with a reference: their drift, and what was done to them."""

from typing import Any

from nantrace.drift.comparison import compare
from nantrace.library.documents import Document, metadata_of
from nantrace.library.tables import in_order_of_features, matched, table_of_rows, with_names_of
from nantrace.report.comparison_report import ComparisonReport
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.tensor import Table


def compare_rows(reference: Any, current: Any, metadata: Document) -> ComparisonReport:
    """Raises Refusal where rows cannot be read, or lack what the reference has.

    Named columns are matched by their names, in whatever order they stand. A column of another type is drift; one that
    is not there cannot be compared.
    """
    known, seen = _table(reference, "reference"), _table(current, "current")
    complete = with_names_of(metadata_of(metadata), known)
    known, _ = in_order_of_features(known, complete, "reference")
    known, seen, notes = matched(known, seen)
    return ComparisonReport(compare(known.tensors, seen.tensors, complete), notes)


def _table(rows: Any, field: str) -> Table:
    table = table_of_rows(rows, field)
    if not table.tensors.rows:
        raise Refusal(field, "holds no rows, so there is nothing to compare")
    return table
