"""The audit of one artifact: its facts are gathered, then checked.

Each check is a pure function of what is known; CHECKS lists them all, the gravest first.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from nantrace.audit import failures, possible_failures, stored_numbers, training_inputs, training_setup
from nantrace.audit.artifact_facts import ArtifactFacts
from nantrace.audit.audit_finding import AuditFinding, Severity
from nantrace.audit.gather_facts import TrainingInputs, gather
from nantrace.reference import Reference
from nantrace.replay.replayer import Replayer
from nantrace.tensors.tensor import Tensors

Json = dict[str, Any]
Check = Callable[[ArtifactFacts], Iterator[AuditFinding]]
CHECKS: Sequence[Check] = (
    stored_numbers.nonfinite_weights,
    stored_numbers.impossible_statistics,
    failures.failing_rows,
    failures.constants,
    failures.overflowing_layers,
    stored_numbers.zero_variance,
    stored_numbers.zero_epsilon,
    stored_numbers.never_adapted,
    possible_failures.constant_operations,
    possible_failures.exponents_near_overflow,
    possible_failures.little_headroom,
    training_setup.softmax_of_one,
    training_setup.loss_mismatches,
    training_setup.large_initializers,
    training_inputs.misfit,
    training_inputs.missing_cells,
    training_inputs.infinite_cells,
    training_inputs.constant_features,
    training_setup.other_versions,
    failures.nonfinite_constants,
    possible_failures.unguarded_operations,
)
EXPORT_IT = (
    'Load it where it was saved, and write a SavedModel: model.export("folder"); before Keras 3, '
    'model.save("folder", save_format="tf").'
)
MOST = 50  # findings that an audit lists
ORDER = {severity: place for place, severity in enumerate(Severity)}


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
    inputs = TrainingInputs(*training) if training is not None else None
    facts = gather(replayer, artifact, inputs, metadata)
    findings = check(facts)
    failed = any(one.severity is not Severity.INFO for one in findings)
    signature = {name: facts.model[name] for name in ("inputs", "outputs", "software")}
    return Audit("findings" if failed else "passed", [one.as_json() for one in findings], signature)


def check(facts: ArtifactFacts) -> list[AuditFinding]:
    """All findings, errors first; at most MOST of them, and then one that counts the rest."""
    found = sorted((one for each in CHECKS for one in each(facts)), key=lambda one: ORDER[one.severity])
    found += [_unfinished(reason) for reason in facts.unfinished]
    return [*found[:MOST], _rest(found[MOST:])] if len(found) > MOST else found


def refused(reason: str, way_out: str = "") -> Audit:
    """The model cannot be loaded; `way_out` is what its refusal advises."""
    finding = AuditFinding(
        "model_refused", Severity.ERROR, f"The model cannot be loaded: {reason}", way_out or EXPORT_IT
    )
    return Audit("refused", [finding.as_json()])


def _unfinished(reason: str) -> AuditFinding:
    message = f"Not all could be looked at: {reason.rstrip('.')}."
    return AuditFinding(
        "audit_incomplete", Severity.INFO, message, "Incidents of real rows are diagnosed all the same."
    )


def _rest(left: Sequence[AuditFinding]) -> AuditFinding:
    gravest = min((one.severity for one in left), key=lambda severity: ORDER[severity])
    codes = ", ".join(sorted({one.code for one in left}))
    message = f"{len(left)} further findings are not listed ({codes})."
    return AuditFinding("more_findings", gravest, message, "Repair the ones above and register the next version.")
