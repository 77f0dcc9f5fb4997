"""The inputs or the outputs of a call, as few parts as their shapes allow: rows of one shape are one tensor.

Rows of other lengths are replayed apart, each as it was sent; a row that is no tensor costs itself only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ingest.batches.decoded import BatchFields, DecodedBatch
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.tensor import TensorError, Tensors

MAX_PARTS = 500
_MOST_ERRORS = 20
Places = NDArray[np.intp]
Json = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """Rows that are alike; `places` are theirs among all rows of the call, ascending."""

    places: Places
    tensors: Tensors


@dataclass(frozen=True)
class Side:
    """All that can be read of `rows` rows; `row_errors` says what is wrong with others, as `row_errors_of` makes it."""

    rows: int
    parts: Sequence[Part]
    row_errors: Json | None = None

    @classmethod
    def whole(cls, tensors: Tensors) -> Self:
        """Rows that are alike, as nearly all are."""
        return cls(tensors.rows, [Part(np.arange(tensors.rows), tensors)])


def row_errors_of(rejected: Sequence[Refusal], apart: Sequence[Refusal] = ()) -> Json | None:
    """How many rows or lines were rejected, why the first of them were, and which are stored apart from the others.

    None where all rows are alike.
    """
    errors = [{"field": one.field, "message": one.message} for one in (*rejected, *apart)[:_MOST_ERRORS]]
    return {"rejected": len(rejected), "errors": errors} if errors else None


def merged(*documents: Json | None) -> Json | None:
    """Several such documents as one."""
    given = [one for one in documents if one is not None]
    errors = [error for one in given for error in one["errors"]][:_MOST_ERRORS]
    return {"rejected": sum(one["rejected"] for one in given), "errors": errors} if given else None


def batches_of_call(
    inputs: Side, outputs: Side | None, fields: BatchFields, *, unanswered: bool = False
) -> list[DecodedBatch]:
    """The batches of a call, the largest first, which also says what is wrong with other rows and holds the counts.

    Raises TensorError where the sides have other numbers of rows.
    """
    if outputs is not None and outputs.rows != inputs.rows:
        raise TensorError("outputs", f"has {outputs.rows} rows, inputs has {inputs.rows}")
    parts = list(_paired(inputs, outputs))
    errors = merged(inputs.row_errors, None if outputs is None else outputs.row_errors)
    if len(parts) == 1 and len(parts[0][0]) == inputs.rows:
        return [DecodedBatch(parts[0][1], parts[0][2], fields, unanswered, errors)]
    parts.sort(key=lambda part: -len(part[0]))
    return [
        DecodedBatch(rows, answers, _of_rows(fields, places, is_first=not at), unanswered, None if at else errors)
        for at, (places, rows, answers) in enumerate(parts)
    ]


def _of_rows(fields: BatchFields, places: Places, *, is_first: bool) -> BatchFields:
    """Ids belong to rows, counts to the whole post."""
    ids = [fields.ids[at] for at in places] if fields.ids else []
    return replace(fields, ids=ids, counts=fields.counts if is_first else None)


def _paired(inputs: Side, outputs: Side | None) -> Iterator[tuple[Places, Tensors, Tensors | None]]:
    """Rows that are alike on both sides; those whose answer cannot be read have none."""
    for part in inputs.parts:
        if outputs is None:
            yield part.places, part.tensors, None
            continue
        rest = part.places
        for answers in outputs.parts:
            both, here, there = np.intersect1d(part.places, answers.places, assume_unique=True, return_indices=True)
            rest = np.setdiff1d(rest, both, assume_unique=True)
            if len(both) == part.tensors.rows == answers.tensors.rows:
                yield both, part.tensors, answers.tensors
            elif len(both):
                yield both, part.tensors.take(here), answers.tensors.take(there)
        if len(rest):
            yield rest, part.tensors.take(np.searchsorted(part.places, rest)), None
