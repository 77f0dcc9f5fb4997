"""Drift of files: no database, no server."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nantrace.command.files import read_object
from nantrace.drift.comparison import Comparison, compare
from nantrace.tensors.refusals import NotFound, Refusal
from nantrace.tensors.table_files import read_named_table
from nantrace.tensors.tensor import Table, Tensor, Tensors

TOLD = 5  # names in one sentence


@dataclass(frozen=True)
class ComparedFiles:
    """The comparison, and what of the files was left out of it, in sentences."""

    comparison: Comparison
    notes: list[str]


def compare_files(reference: Path, current: Path, metadata: Path | None = None) -> ComparedFiles:
    """Compares the rows of two files; raises Refusal where a file cannot be read or has not what the reference has.

    Named columns are matched by their names, in whatever order they stand. A column of another type is drift; one that
    is not there cannot be compared.
    """
    tables = (read_named_table(reference, "reference"), read_named_table(current, "current"))
    for path, table, field in zip((reference, current), tables, ("reference", "current"), strict=True):
        if not table.tensors.rows:
            raise Refusal(field, f"{path} holds no rows, so there is nothing to compare")
    known, seen, notes = _matched(*tables)
    told: dict[str, Any] = {"features": known.columns} if known.columns else {}
    told |= read_object(metadata, "metadata")
    return ComparedFiles(compare(known.tensors, seen.tensors, told), notes)


def _matched(known: Table, seen: Table) -> tuple[Table, Table, list[str]]:
    """The current table with the tensors and columns of the reference, in its order."""
    if known.columns and seen.columns:
        if not len(known.tensors) == len(seen.tensors) == 1:  # a text among the numbers: a tensor per column
            known, seen = _by_column(known), _by_column(seen)
        else:
            return known, *_with_columns(known, seen)
    if len(known.tensors) == len(seen.tensors) == 1:
        return known, seen, []
    notes = _missing_and_extra(list(known.tensors.by_name), list(seen.tensors.by_name), "array")
    tensors = Tensors.of(*(seen.tensors.by_name[tensor.name] for tensor in known.tensors))
    return known, Table(tensors, seen.columns), notes


def _by_column(table: Table) -> Table:
    columns = []
    for tensor in table.tensors:
        for i, name in enumerate(table.columns.get(tensor.name, [])):
            sent = None if tensor.sent is None else np.ascontiguousarray(tensor.sent[:, [i]])
            columns.append(Tensor(name, np.ascontiguousarray(tensor.values[:, [i]]), sent))
    return Table(Tensors.of(*columns), {tensor.name: [tensor.name] for tensor in columns})


def _with_columns(known: Table, seen: Table) -> tuple[Table, list[str]]:
    """The columns of one matrix in the order of another."""
    (wanted,), (given,) = known.columns.values(), seen.columns.values()
    notes = _missing_and_extra(wanted, given, "column")
    order = [given.index(name) for name in wanted]
    (tensor,) = seen.tensors
    sent = None if tensor.sent is None else np.ascontiguousarray(tensor.sent[:, order])
    return Table(Tensors.of(Tensor(tensor.name, np.ascontiguousarray(tensor.values[:, order]), sent))), notes


def _missing_and_extra(wanted: Sequence[str], given: Sequence[str], what: str) -> list[str]:
    missing = [name for name in wanted if name not in set(given)]
    if missing:
        raise NotFound("current", f"has no {what} {_listed(missing)}, which the reference has")
    extra = [name for name in given if name not in set(wanted)]
    return [f"not compared, because the reference has no such {what}: {_listed(extra)}"] if extra else []


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - TOLD} more" if len(names) > TOLD else ""
    return ", ".join(repr(name) for name in names[:TOLD]) + more
