"""Named columns are matched by their names, in whatever order they stand."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nantrace.tensors.refusals import NotFound
from nantrace.tensors.tensor import Table, Tensor, Tensors

MOST_NAMES = 5  # in one sentence


def with_names_of(metadata: Mapping[str, Any], *tables: Table | None) -> dict[str, Any]:
    """The metadata, with the columns of the first table that has names where it names no features itself."""
    known: Mapping[str, Sequence[str]] = next((one.columns for one in tables if one and one.columns), {})
    return {**({"features": dict(known)} if known else {}), **metadata}


def in_order_of_features(table: Table, metadata: Mapping[str, Any], field: str) -> tuple[Table, list[str]]:
    """The columns of one matrix in the order of the features, and sentences on columns that are left out.

    Raises NotFound naming `field` where a feature has no column. A table without names stays as it is.
    """
    features = metadata.get("features") or []
    if isinstance(features, Mapping):
        features = next(iter(features.values())) if len(features) == 1 else []
    if not features or len(table.tensors) != 1 or not table.columns:
        return table, []
    (given,) = table.columns.values()
    notes = missing_and_extra(features, given, field, "column", "the list of features")
    return _reordered(table, features), notes


def matched(known: Table, seen: Table) -> tuple[Table, Table, list[str]]:
    """The current table with the tensors and columns of the reference, in its order.

    A column of another type is drift; one that is not there cannot be compared: raises NotFound.
    """
    if known.columns and seen.columns:
        if len(known.tensors) == len(seen.tensors) == 1:
            (wanted,), (given,) = known.columns.values(), seen.columns.values()
            notes = missing_and_extra(wanted, given, "current", "column", "the reference")
            return known, _reordered(seen, wanted), notes
        known, seen = _by_column(known), _by_column(seen)  # a text among the numbers: a tensor per column
    if len(known.tensors) == len(seen.tensors) == 1:
        return known, seen, []
    notes = missing_and_extra(
        list(known.tensors.by_name), list(seen.tensors.by_name), "current", "array", "the reference"
    )
    tensors = Tensors.of(*(seen.tensors.by_name[tensor.name] for tensor in known.tensors))
    return known, Table(tensors, seen.columns), notes


def missing_and_extra(wanted: Sequence[str], given: Sequence[str], field: str, what: str, owner: str) -> list[str]:
    """A sentence on what is given and not wanted; raises NotFound naming `field` where something wanted is missing."""
    missing = [name for name in wanted if name not in set(given)]
    if missing:
        raise NotFound(field, f"has no {what} {_listed(missing)}, which {owner} has")
    extra = [name for name in given if name not in set(wanted)]
    return [f"Left out, because {owner} has no such {what}: {_listed(extra)}"] if extra else []


def _by_column(table: Table) -> Table:
    columns = []
    for tensor in table.tensors:
        for i, name in enumerate(table.columns.get(tensor.name, [])):
            sent = None if tensor.sent is None else np.ascontiguousarray(tensor.sent[:, [i]])
            columns.append(Tensor(name, np.ascontiguousarray(tensor.values[:, [i]]), sent))
    return Table(Tensors.of(*columns), {tensor.name: [tensor.name] for tensor in columns})


def _reordered(table: Table, wanted: Sequence[str]) -> Table:
    """One matrix with the wanted columns, in their order."""
    (tensor,), (given,) = table.tensors, table.columns.values()
    order = [given.index(name) for name in wanted]
    sent = None if tensor.sent is None else np.ascontiguousarray(tensor.sent[:, order])
    ordered = Tensor(tensor.name, np.ascontiguousarray(tensor.values[:, order]), sent)
    return Table(Tensors.of(ordered), {tensor.name: list(wanted)})


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(repr(name) for name in names[:MOST_NAMES]) + more
