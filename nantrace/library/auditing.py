"""A model is examined without any row that it was asked about."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nantrace.audit.audit_artifact import audit, refused
from nantrace.drift.take_reference import take_reference
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.library.documents import Document, metadata_of
from nantrace.library.model_file import ready_model
from nantrace.library.tables import in_order_of_features, table_of_rows, with_names_of
from nantrace.reference import Reference
from nantrace.replay.replayer import CannotLockError, RefusedModelError, Replayer
from nantrace.report.audit_report import AuditReport
from nantrace.tensors.tensor import Table, Tensors


@dataclass(frozen=True)
class AuditCall:
    """What a caller gave to `nantrace.audit`; see there."""

    model: Any
    reference: Any = None
    metadata: Document = None


def audit_model(call: AuditCall, replayer: Replayer) -> AuditReport:
    """Raises Refusal where something given cannot be used, ReplayError where the model cannot be asked.

    A file that is a model and cannot be loaded is a finding.
    """
    replayer.warm_up()
    with tempfile.TemporaryDirectory(prefix="nantrace-") as folder:
        artifact = ready_model(call.model, Path(folder))
        metadata, table, notes = _read(call)
        try:
            training = None if table is None else _training(replayer, artifact, table.tensors)
            return AuditReport(audit(replayer, artifact, training, metadata), notes)
        except CannotLockError:
            raise
        except RefusedModelError as error:
            return AuditReport(refused(str(error)), notes)


def _read(call: AuditCall) -> tuple[Mapping[str, Any], Table | None, list[str]]:
    metadata = metadata_of(call.metadata)
    if call.reference is None:
        return metadata, None, []
    given = table_of_rows(call.reference, "reference")
    metadata = with_names_of(metadata, given)
    table, notes = in_order_of_features(given, metadata, "reference")
    return metadata, table, notes


def _training(replayer: Replayer, artifact: Path, tensors: Tensors) -> tuple[Tensors, Reference]:
    rows = ReplayLaboratory(replayer, artifact).canonical(tensors)
    return rows, take_reference(rows)
