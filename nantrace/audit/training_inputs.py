"""The reference itself: cells that are no numbers, and features that never vary."""

from collections.abc import Iterable, Iterator

from nantrace.audit.artifact_facts import ArtifactFacts
from nantrace.audit.audit_finding import AuditFinding, Severity
from nantrace.reference import InputReference

NAMED = 5


def misfit(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """Training inputs that the model cannot take: then nothing can be compared with them."""
    if facts.misfit:
        message = f"The reference does not fit the model: {facts.misfit}."
        remedy = "Register the next version with training inputs as the model gets them, after all preprocessing."
        yield AuditFinding("reference_misfit", Severity.WARNING, message, remedy)


def missing_cells(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """NaN or missing cells among training inputs; a model that tests for NaN may mean them."""
    rates = [
        (facts.feature(name, index), feature.missing_rate)
        for name, known in _inputs(facts)
        for index, feature in enumerate(known.features)
        if feature.missing_rate > 0 and known.kind == "f"
    ]
    if rates:
        rates.sort(key=lambda one: -one[1])
        listed = [f"{name} ({rate:.1%})" for name, rate in rates]
        tests = facts.artifact.get("tests_for_nan", False)
        after = "The model tests for NaN itself." if tests else "Nothing in the model tests for NaN."
        message = f"The reference has missing values or NaN in {_some(listed)}. {after}"
        remedy = "Impute them before training and before serving, with the same values: sklearn.impute.SimpleImputer()."
        severity = Severity.INFO if tests else Severity.WARNING
        yield AuditFinding("reference_missing", severity, message, remedy)


def infinite_cells(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """Infinities among training inputs."""
    listed = [f"{facts.feature(one.input, one.index)} ({one.cells} cells)" for one in facts.infinite]
    if listed:
        message = f"The reference holds infinities in {_some(listed)}."
        remedy = "Find the division or logarithm that made them, and replace them before training and serving."
        yield AuditFinding("reference_infinite", Severity.WARNING, message, remedy)


def constant_features(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """Features with one value throughout: the model has never seen another one there."""
    rows = facts.reference.rows if facts.reference is not None else 0
    listed = [
        facts.feature(name, index)
        for name, known in _inputs(facts)
        for index, feature in enumerate(known.features)
        if feature.min is not None and feature.min == feature.max
    ]
    if listed and rows > 1:
        message = f"{_some(listed)} never varies in the {rows} rows of the reference; standardising it divides by 0."
        remedy = "Drop such features, or check that the reference is a fair sample."
        yield AuditFinding("reference_constant", Severity.INFO, message, remedy)


def _inputs(facts: ArtifactFacts) -> Iterable[tuple[str, InputReference]]:
    return facts.reference.inputs.items() if facts.reference is not None else ()


def _some(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
