"""Failing rows of an incident, read back from the batches that still hold them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from monitoring.models import Incident, IncidentHit
from nantrace.diagnosis.finding import RowAnswers
from nantrace.tensors.framing import unpack_tensors
from nantrace.tensors.tensor import Tensors

MOST_EXAMPLES = 20
MOST_HITS = 500  # the newest
MOST_CELLS = 100_000  # twenty images would be a page nobody can load; the first row is always shown


@dataclass(frozen=True)
class Example:
    """One failing row: `inputs` and `outputs` hold this row alone; `outputs` is None where none were sent.

    `answers`: what replays and experiments answered; None of rows for which that is not known.
    """

    batch: str
    row: int
    id: str | None
    version: str
    signature: str
    inputs: Tensors
    outputs: Tensors | None
    answers: RowAnswers | None


def examples(incident: Incident) -> list[Example]:
    """At most 20 failing rows, of each batch by its share of the rows, fewer when rows are large or batches gone."""
    found: list[Example] = []
    cells = 0
    for example in _rows(incident):
        cells += sum(max(tensor.values.size, tensor.values.nbytes // 8) for tensor in example.inputs)  # texts are long
        if len(found) == MOST_EXAMPLES or (found and cells > MOST_CELLS):
            break
        found.append(example)
    return found


def _rows(incident: Incident) -> Iterator[Example]:
    """One payload at a time, the newest batch first."""
    hits = incident.hits.select_related("version").filter(batch__payload__isnull=False)
    places = _shares(dict(hits.values_list("pk", "rows")[:MOST_HITS]))
    for hit in hits.filter(pk__in=[pk for pk, count in places.items() if count]):
        yield from _rows_of(hit, places[hit.pk])


def _shares(rows: Mapping[int, int]) -> dict[int, int]:
    """How many of the examples each hit gives, by the largest remainders of its share of the rows."""
    total = sum(rows.values())
    exact = {pk: min(count, MOST_EXAMPLES * count / total) for pk, count in rows.items()}
    places = {pk: int(share) for pk, share in exact.items()}
    left = min(MOST_EXAMPLES, total) - sum(places.values())
    for pk in sorted(exact, key=lambda pk: places[pk] - exact[pk])[:left]:
        places[pk] += 1
    return places


def _rows_of(hit: IncidentHit, most: int) -> Iterator[Example]:
    batch = hit.batch
    if batch is None or batch.payload is None:
        return
    groups = unpack_tensors(bytes(batch.payload))
    answers = {one["row"]: RowAnswers(**one) for one in hit.answers}
    for row in hit.row_indices[:most]:
        only = np.array([row])
        outputs = groups.get("outputs")
        yield Example(
            batch=batch.id,
            row=row,
            id=batch.row_ids[row] if row < len(batch.row_ids) else None,
            version=hit.version.version,
            signature=batch.signature,
            inputs=groups["inputs"].take(only),
            outputs=outputs.take(only) if outputs else None,
            answers=answers.get(row),
        )
