"""The diagnosis of rows as they were posted, in one call."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nantrace.diagnosis.finding import Finding
from nantrace.laboratory.examine_batch import PostedRows, examine_canonical
from nantrace.laboratory.laboratory import ReplayLaboratory
from nantrace.reference import Reference
from nantrace.replay.replayer import Replayer


def examine(
    replayer: Replayer,
    artifact: Path,
    rows: PostedRows,
    reference: Reference | None,
    metadata: Mapping[str, Any],
    *,
    check_headroom: bool = True,
) -> list[Finding]:
    """Replays and diagnoses rows as they were posted; see `examine_canonical`."""
    laboratory = ReplayLaboratory(replayer, artifact)
    canonical = replace(rows, inputs=laboratory.canonical(rows.inputs))
    return examine_canonical(laboratory, canonical, reference, metadata, check_headroom=check_headroom)
