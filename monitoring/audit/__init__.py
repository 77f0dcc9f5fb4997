"""What can be said about an artifact without any sample: its audit when a version is registered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.tensors import Tensors
from monitoring.audit.asking import Known, gather
from monitoring.audit.checks import check
from monitoring.audit.finding import AuditFinding, Severity
from monitoring.models import AuditState
from monitoring.reference import Reference
from monitoring.replay.replayer import Replayer

__all__ = ["Audit", "audit", "refused"]
Json = dict[str, Any]


@dataclass(frozen=True)
class Audit:
    """The contract's audit, and the signature of the model."""

    state: AuditState
    findings: list[Json] = field(default_factory=list)
    signature: Json = field(default_factory=dict)


def audit(
    replayer: Replayer,
    artifact: Path,
    training: tuple[Tensors, Reference] | None,
    metadata: Mapping[str, Any],
) -> Audit:
    """Looks at an artifact with its training inputs and their statistics, if there are; raises ReplayError."""
    known = Known(*training) if training is not None else None
    facts = gather(replayer, artifact, known, metadata)
    findings = check(facts)
    grave = any(one.severity is not Severity.INFO for one in findings)
    signature = {name: facts.model[name] for name in ("inputs", "outputs", "software")}
    return Audit(AuditState.FINDINGS if grave else AuditState.PASSED, [one.as_json() for one in findings], signature)


def refused(reason: str) -> Audit:
    """The model cannot be loaded."""
    finding = AuditFinding(
        "model_refused",
        Severity.ERROR,
        f"The model cannot be loaded: {reason}",
        "Save it again with the Keras version that built it, without Lambda layers or custom classes.",
    )
    return Audit(AuditState.REFUSED, [finding.as_json()])
