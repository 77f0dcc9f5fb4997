"""Rows in the order of a column of times, which then is no feature."""

from dataclasses import replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from nantrace.tensors.named_columns import by_column
from nantrace.tensors.refusals import NotFound, Refusal
from nantrace.tensors.tensor import Table, Tensor, Tensors

FIELD = "time"
MOST_NAMES = 8  # in one sentence


def sorted_by(table: Table, column: str, owner: str) -> Table:
    """The rows without the column, sorted by it; rows of one time stay as they stand.

    Numbers sort as numbers, texts as times in ISO 8601. `owner` is what the rows are called. Raises Refusal and
    NotFound naming `time`.
    """
    tensors = by_column(table).tensors if table.columns else table.tensors
    if column not in tensors.by_name:
        raise NotFound(FIELD, _no_such(column, list(tensors.by_name), table, owner))
    order = _order(tensors.by_name[column], owner)
    rest = [tensor for tensor in tensors if tensor.name != column]
    if not rest:
        raise Refusal(FIELD, f"{column!r} is the only column of the {owner}, so nothing is left to compare")
    kept = _of_columns(rest, owner) if table.columns else Table(Tensors.of(*rest))
    return replace(kept, tensors=kept.tensors.take(order), notes=table.notes)


def _no_such(column: str, names: list[str], table: Table, owner: str) -> str:
    if len(names) == 1 and not table.columns:
        return f"the {owner} has no names of columns, so no {column!r}; give a frame or a file with names"
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"the {owner} has no column {column!r}; it has {', '.join(map(repr, names[:MOST_NAMES]))}{more}"


def _of_columns(columns: list[Tensor], owner: str) -> Table:
    """As a file without the column of times is read: one matrix where only that was text."""
    from nantrace.tensors.arrow_columns import table_of_columns  # names of columns come from Arrow

    return table_of_columns(columns, owner)


def _order(times: Tensor, owner: str) -> NDArray[np.intp]:
    column = f"column {times.name!r} of the {owner}"
    if times.values.size != times.rows:
        raise Refusal(FIELD, f"{column} has several values a row; give one time a row")
    if times.texts:
        raise Refusal(FIELD, _no_time(column, next(iter(times.texts.values()))))
    if empty := int(times.nonfinite().sum()):
        raise Refusal(FIELD, f"{column} has {empty:,} cells without a time; leave these rows out, or fill them in")
    cells = times.values.reshape(-1)
    if (cells == cells[0]).all():
        raise Refusal(FIELD, f"{column} holds {cells[0]!s} in every row, which sorts nothing; name another column")
    if cells.dtype.kind != "U":
        return np.argsort(cells, kind="stable")
    moments = [_moment(text, column) for text in cells.tolist()]
    try:
        return np.array(sorted(range(len(moments)), key=moments.__getitem__))
    except TypeError:
        raise Refusal(FIELD, f"{column} has times with a time zone and times without; write them alike") from None


def _moment(text: str, column: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refusal(FIELD, _no_time(column, text)) from None


def _no_time(column: str, text: str) -> str:
    return f"{column} holds {text[:40]!r}, which does not sort; write times as 2026-01-31T12:00:00 or as numbers"
