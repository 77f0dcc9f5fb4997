"""The rows of one batch as a table: what was sent, what was answered, and the incidents that each of them hit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.models import Batch
from monitoring.models import IncidentHit
from nantrace.feature import FeatureNames
from nantrace.report.row_table import CellText, InputColumn, input_cells, input_columns, output_cells
from nantrace.tensors.framing import unpack_tensors


@dataclass(frozen=True)
class BatchRow:
    """One row. `incidents`: the short ids of those that it hit."""

    number: int
    id: str
    cells: list[CellText]
    outputs: list[CellText]
    incidents: list[str]


@dataclass(frozen=True)
class BatchTable:
    """Some rows of a batch: the columns that fit, how many did not, and the rows."""

    columns: list[InputColumn]
    hidden: int
    rows: list[BatchRow]


def batch_table(batch: Batch, numbers: Sequence[int], hits: Sequence[IncidentHit]) -> BatchTable | None:
    """The rows `numbers`; None where they are no longer kept."""
    if batch.payload is None:
        return None
    groups = unpack_tensors(bytes(batch.payload))
    inputs, outputs = groups["inputs"], groups.get("outputs")
    names = FeatureNames.of(batch.version.named_metadata, list(inputs.by_name))
    responsible = {(one["input"], one["index"]) for hit in hits for one in hit.incident.report.get("features", [])}
    columns, hidden = input_columns(inputs, names, responsible)
    rows = []
    for number in numbers:
        only = np.array([number])
        found = [hit.incident.short_id for hit in hits if number in hit.row_indices]
        name = batch.row_ids[number] if number < len(batch.row_ids) else ""
        answers = output_cells(outputs.take(only) if outputs else None)
        rows.append(BatchRow(number, name or "", input_cells(inputs.take(only), columns), answers, found))
    return BatchTable(columns, hidden, rows)
