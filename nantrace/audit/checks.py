"""All checks of an audit, the gravest first; each is a pure function of what is known."""

from collections.abc import Callable, Iterator, Sequence

from nantrace.audit import failures, headroom, normalization, operations, software, training, training_inputs, weights
from nantrace.audit.facts import ArtifactFacts
from nantrace.audit.finding import AuditFinding, Severity

Check = Callable[[ArtifactFacts], Iterator[AuditFinding]]
CHECKS: Sequence[Check] = (
    weights.nonfinite_weights,
    normalization.impossible_statistics,
    failures.failing_rows,
    failures.constants,
    failures.overflowing_layers,
    normalization.zero_variance,
    normalization.zero_epsilon,
    normalization.never_adapted,
    operations.constant_operations,
    operations.exponents_near_overflow,
    headroom.little_headroom,
    training.softmax_of_one,
    training.loss_mismatches,
    training.large_initializers,
    training_inputs.misfit,
    training_inputs.missing_cells,
    training_inputs.infinite_cells,
    training_inputs.constant_features,
    software.other_versions,
    weights.nonfinite_constants,
    operations.unguarded_operations,
)
MOST = 50
ORDER = {severity: place for place, severity in enumerate(Severity)}


def check(facts: ArtifactFacts) -> list[AuditFinding]:
    """All findings, errors first; at most MOST of them, and then one that counts the rest."""
    found = sorted((one for each in CHECKS for one in each(facts)), key=lambda one: ORDER[one.severity])
    found += [_unfinished(reason) for reason in facts.unfinished]
    return [*found[:MOST], _rest(found[MOST:])] if len(found) > MOST else found


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
