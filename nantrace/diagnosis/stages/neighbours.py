"""Rows that fail only with others: a model that computes over the whole batch carries one row's NaN into all."""

from collections.abc import Mapping

import numpy as np

from nantrace.diagnosis.case import Mask
from nantrace.diagnosis.edit import Edit
from nantrace.diagnosis.trials import Bench, Trial
from nantrace.tensors.tensor import Tensors

NOTE = "the other rows of the batch were cured: the model computes over all rows together"


def infected(bench: Bench) -> Mask:
    """Failing rows of finite values that pass in a batch without the rows that hold others, shape (failing rows,)."""
    clean = ~bench.rows.nonfinite_rows() & ~bench.swallowed
    found = np.zeros(len(clean), bool)
    if clean.any() and not clean.all():
        found[clean] = bench.is_cured(bench.rows.take(np.flatnonzero(clean)))
    return found


def with_cured_neighbours(bench: Bench, rows: Mask, edits: Mapping[int, Edit]) -> Trial:
    """The infected `rows` in one batch with other rows, each of which was cured by its own of the `edits`."""
    by_edit: dict[int, list[int]] = {}
    for row, edit in edits.items():
        by_edit.setdefault(id(edit), []).append(row)
    others = [edits[some[0]].take(np.array(some)).apply(bench.rows.take(np.array(some))) for some in by_edit.values()]
    passes = bench.is_cured(Tensors.stacked([bench.rows.take(np.flatnonzero(rows)), *others]))
    cured = np.zeros_like(rows)
    cured[rows] = passes[: int(rows.sum())] & bool(others)
    return Trial("neighbours", rows, cured, NOTE)
