"""The audit of one artifact: its facts are gathered, then checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from nantrace.audit.asking import Known, gather
from nantrace.audit.checks import check
from nantrace.audit.finding import AuditFinding, Severity
from nantrace.reference import Reference
from nantrace.replay.replayer import Replayer
from nantrace.tensors.tensor import Tensors

Json = dict[str, Any]


@dataclass(frozen=True)
class Audit:
    """The contract's audit, and the signature of the model."""

    state: Literal["passed", "findings", "refused"]
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
    return Audit("findings" if grave else "passed", [one.as_json() for one in findings], signature)


def refused(reason: str) -> Audit:
    """The model cannot be loaded."""
    finding = AuditFinding(
        "model_refused",
        Severity.ERROR,
        f"The model cannot be loaded: {reason}",
        "Save it again with the Keras version that built it, without Lambda layers or custom classes.",
    )
    return Audit("refused", [finding.as_json()])
