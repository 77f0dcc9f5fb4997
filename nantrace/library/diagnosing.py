"""Rows are replayed through a model and diagnosed."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nantrace.laboratory.examine_batch import PostedRows, examine_canonical, reference_of
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.library.documents import Document, metadata_of, object_of
from nantrace.library.model_file import ready_model
from nantrace.library.tables import table_of_rows
from nantrace.metadata import with_features
from nantrace.replay.replayer import Replayer
from nantrace.report.diagnosis_report import DiagnosisReport
from nantrace.tensors.csv_layout import AS_FOUND, CsvFormat
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.tensor import Table, Tensors


@dataclass(frozen=True)
class DiagnosisCall:
    """What a caller gave to `nantrace.diagnose`; see there."""

    model: Any
    rows: Any
    reference: Any = None
    outputs: Any = None
    metadata: Document = None
    environment: Document = None
    csv: CsvFormat = field(default=AS_FOUND, kw_only=True)


def diagnose(call: DiagnosisCall, replayer: Replayer) -> DiagnosisReport:
    """Raises Refusal where something given cannot be used, ReplayError where the model cannot be replayed.

    All rows are read before the model is loaded.
    """
    replayer.warm_up()
    with tempfile.TemporaryDirectory(prefix="nantrace-") as folder:
        laboratory = ReplayLaboratory(replayer, ready_model(call.model, Path(folder)))
        given = _read(call)
        metadata = laboratory.named(given.metadata, given.reference, given.rows)
        rows = laboratory.taken(given.rows, metadata, "inputs")
        metadata = with_features(metadata, dict(rows.columns))
        known = None if given.reference is None else laboratory.taken(given.reference, metadata, "reference")
        reference = None if known is None else reference_of(replayer, laboratory.artifact, known.tensors)
        posted = PostedRows(rows.tensors, given.served, given.environment)
        findings = examine_canonical(laboratory, posted, reference, metadata)
    notes = dict.fromkeys((*rows.notes, *(known.notes if known else ())))
    return DiagnosisReport(posted.inputs, findings, posted.served, metadata, list(notes))


@dataclass(frozen=True)
class _Given:
    """What a call gave, read."""

    rows: Table
    reference: Table | None
    served: Tensors | None
    metadata: Mapping[str, Any]
    environment: Mapping[str, Any]


def _read(call: DiagnosisCall) -> _Given:
    rows = table_of_rows(call.rows, "inputs", call.csv)
    return _Given(
        rows=rows,
        reference=None if call.reference is None else table_of_rows(call.reference, "reference", call.csv),
        served=_served(call.outputs, rows.tensors.rows, call.csv),
        metadata=metadata_of(call.metadata),
        environment=object_of(call.environment, "environment"),
    )


def _served(outputs: Any, rows: int, csv: CsvFormat) -> Tensors | None:
    if outputs is None:
        return None
    served = table_of_rows(outputs, "outputs", csv).tensors
    if served.rows != rows:
        raise Refusal("outputs", f"has {served.rows} rows, the inputs have {rows}; each row needs its answer")
    return served
