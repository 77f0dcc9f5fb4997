"""The whole diagnosis of files: no database, no server."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nantrace.command.files import opened_model, read_object
from nantrace.diagnosis.finding import Finding
from nantrace.laboratory.examine_batch import Rows, examine, reference_of
from nantrace.replay.replayer import Replayer
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.table_files import read_named_table, read_table
from nantrace.tensors.tensor import Tensors


@dataclass(frozen=True)
class Files:
    """What a person names on the command line."""

    model: Path
    inputs: Path
    reference: Path | None = None
    outputs: Path | None = None
    metadata: Path | None = None
    environment: Path | None = None


@dataclass(frozen=True)
class Diagnosed:
    """The number of rows that were looked at, and what is wrong with them."""

    rows: int
    findings: list[Finding]


def diagnose_files(replayer: Replayer, files: Files, folder: Path) -> Diagnosed:
    """Raises Refusal where a file cannot be used, ReplayError where the model cannot be replayed.

    `folder` is empty, for what has to be unpacked. All files are read before the model is loaded.
    """
    artifact = opened_model(files.model, folder)
    table = read_named_table(files.inputs, "inputs")
    served = _served(files.outputs, table.tensors.rows)
    metadata: dict[str, Any] = {"features": table.columns} if table.columns else {}
    metadata |= read_object(files.metadata, "metadata")
    rows = Rows(table.tensors, served, read_object(files.environment, "environment"))
    known = read_table(files.reference, "reference") if files.reference else None
    reference = None if known is None else reference_of(replayer, artifact, known)
    return Diagnosed(rows.inputs.rows, examine(replayer, artifact, rows, reference, metadata))


def _served(path: Path | None, rows: int) -> Tensors | None:
    if path is None:
        return None
    served = read_table(path, "outputs")
    if served.rows != rows:
        raise Refusal("outputs", f"{path} has {served.rows} rows, the inputs have {rows}; each row needs its answer")
    return served
