"""A model is examined without any row that it was asked about."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nantrace.audit.audit_artifact import audit, refused
from nantrace.drift.take_reference import take_reference
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.library.documents import Document, metadata_of
from nantrace.library.model_file import ready_model
from nantrace.library.tables import table_of_rows
from nantrace.metadata import with_features
from nantrace.replay.replay_errors import CannotLockError, RefusedModelError
from nantrace.replay.replayer import Replayer
from nantrace.report.audit_report import AuditReport
from nantrace.tensors.csv_layout import AS_FOUND, CsvFormat
from nantrace.tensors.tensor import Table


@dataclass(frozen=True)
class AuditCall:
    """What a caller gave to `nantrace.audit`; see there."""

    model: Any
    reference: Any = None
    metadata: Document = None
    csv: CsvFormat = field(default=AS_FOUND, kw_only=True)


def audit_model(call: AuditCall, replayer: Replayer) -> AuditReport:
    """Raises Refusal where something given cannot be used, ReplayError where the model cannot be asked.

    A file that is a model and cannot be loaded is a finding.
    """
    replayer.warm_up()
    with tempfile.TemporaryDirectory(prefix="nantrace-") as folder:
        artifact = ready_model(call.model, Path(folder))
        metadata = metadata_of(call.metadata)
        table = None if call.reference is None else table_of_rows(call.reference, "reference", call.csv)
        try:
            return _report(ReplayLaboratory(replayer, artifact), table, metadata)
        except CannotLockError:
            raise
        except RefusedModelError as error:
            return AuditReport(refused(error.reason, error.way_out), table.notes if table else ())


def _report(laboratory: ReplayLaboratory, table: Table | None, metadata: Mapping[str, Any]) -> AuditReport:
    if table is None:
        return AuditReport(audit(laboratory.replayer, laboratory.artifact, None, metadata))
    known = laboratory.taken(table, laboratory.named(metadata, table, table), "reference")
    training = known.tensors, take_reference(known.tensors)
    named = with_features(metadata, dict(known.columns))
    return AuditReport(audit(laboratory.replayer, laboratory.artifact, training, named), known.notes)
