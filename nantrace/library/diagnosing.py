"""Rows are replayed through a model and diagnosed."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nantrace.laboratory.examine_batch import PostedRows, examine, reference_of
from nantrace.library.documents import Document, metadata_of, object_of
from nantrace.library.model_file import ready_model
from nantrace.library.tables import in_order_of_features, table_of_rows, with_names_of
from nantrace.replay.replayer import Replayer
from nantrace.report.diagnosis_report import DiagnosisReport
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.tensor import Tensors


@dataclass(frozen=True)
class DiagnosisCall:
    """What a caller gave to `nantrace.diagnose`; see there."""

    model: Any
    rows: Any
    reference: Any = None
    outputs: Any = None
    metadata: Document = None
    environment: Document = None


def diagnose(call: DiagnosisCall, replayer: Replayer) -> DiagnosisReport:
    """Raises Refusal where something given cannot be used, ReplayError where the model cannot be replayed.

    All rows are read before the model is loaded.
    """
    replayer.warm_up()
    with tempfile.TemporaryDirectory(prefix="nantrace-") as folder:
        artifact = ready_model(call.model, Path(folder))
        read = _read(call)
        reference = None if read.reference is None else reference_of(replayer, artifact, read.reference)
        findings = examine(replayer, artifact, read.rows, reference, read.metadata)
    return DiagnosisReport(read.rows.inputs, findings, read.rows.served, read.metadata, read.notes)


@dataclass(frozen=True)
class _Read:
    rows: PostedRows
    reference: Tensors | None
    metadata: Mapping[str, Any]
    notes: list[str]


def _read(call: DiagnosisCall) -> _Read:
    given = table_of_rows(call.rows, "inputs")
    known = None if call.reference is None else table_of_rows(call.reference, "reference")
    metadata = with_names_of(metadata_of(call.metadata), known, given)
    table, notes = in_order_of_features(given, metadata, "inputs")
    if known is not None:
        known, _ = in_order_of_features(known, metadata, "reference")
    served = _served(call.outputs, table.tensors.rows)
    rows = PostedRows(table.tensors, served, object_of(call.environment, "environment"))
    return _Read(rows, None if known is None else known.tensors, metadata, notes)


def _served(outputs: Any, rows: int) -> Tensors | None:
    if outputs is None:
        return None
    served = table_of_rows(outputs, "outputs").tensors
    if served.rows != rows:
        raise Refusal("outputs", f"has {served.rows} rows, the inputs have {rows}; each row needs its answer")
    return served
