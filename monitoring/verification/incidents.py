"""From an incident to its stored rows and back to a verdict."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from django.db.models import QuerySet

from ingest.models import Batch, Model
from monitoring.models import Incident, IncidentState
from monitoring.verification.rows import FailedRows, still_failing
from monitoring.versions.profiling import training_of
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.tensors.framing import unpack_tensors
from nantrace.tensors.plain_text import one_line

MOST_LISTED = 100
OUTSIDE_THE_MODEL = ("software_mismatch", "hardware_mismatch", "not_reproduced")
NOT_IN_A_REPLAY = (
    "these rows were finite in every replay from the start: their fault lies in how they were served, "
    "which no replay can show to be cured"
)
Progress = Callable[[int], object]


@dataclass(frozen=True)
class FailingRow:
    """A row that still fails; `id` is what serving code called it."""

    batch: str
    row: int
    id: str | None
    reason: str


@dataclass(frozen=True)
class IncidentVerdict:
    """Of `rows` stored rows `cured` are. `removed` more are no longer kept; `failing` lists at most 100."""

    incident: Incident
    rows: int
    cured: int
    removed: int
    failing: list[FailingRow] = field(default_factory=list)
    note: str = ""

    @property
    def is_cured(self) -> bool:
        return self.cured == self.rows


def verifiable(model: Model) -> QuerySet[Incident]:
    """The incidents of a model that a new version has to cure: open and resolved ones, not what people ignore.

    Drift is left out: its rows are what they are, whatever the model.
    """
    return model.incidents.exclude(state=IncidentState.IGNORED).exclude(symptom="drift").order_by("pk")


def verify(incident: Incident, model: ReplayLaboratory, progress: Progress = lambda _: None) -> IncidentVerdict:
    """Replays every stored row of the incident through `model`; raises RefusedModelError.

    `progress` is called with the number of rows done after each batch.
    """
    rows, cured = 0, 0
    failing: list[FailingRow] = []
    for batch, failed in _stored(incident):
        reasons = still_failing(replace(model, signature=batch.signature), failed)
        rows += len(failed.index)
        cured += len(failed.index) - len(reasons)
        failing += [_failing_row(batch, row, reasons[row]) for row in sorted(reasons)[: MOST_LISTED - len(failing)]]
        progress(rows)
    note = NOT_IN_A_REPLAY if incident.cause in OUTSIDE_THE_MODEL else ""
    return IncidentVerdict(incident, rows, cured, max(0, incident.rows - rows), failing, note)


def _stored(incident: Incident) -> Iterator[tuple[Batch, FailedRows]]:
    """The batches that still hold rows of the incident, one payload in memory at a time."""
    kept = incident.hits.filter(batch__payload__isnull=False)
    for key in list(kept.values_list("pk", flat=True)):
        hit = kept.select_related("batch__version").filter(pk=key).first()
        if hit is None or hit.batch is None or hit.batch.payload is None:  # retention removed it meanwhile
            continue
        inputs = unpack_tensors(bytes(hit.batch.payload))["inputs"]
        index = np.array(hit.row_indices, np.intp)
        yield hit.batch, FailedRows(inputs, index, incident.symptom, *training_of(hit.batch))


def _failing_row(batch: Batch, row: int, reason: str) -> FailingRow:
    ids = batch.row_ids
    return FailingRow(batch.pk, row, one_line(str(ids[row])) if row < len(ids) else None, one_line(reason))
