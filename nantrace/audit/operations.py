"""Operations that can fail although every weight is finite: what rows reach them, and what could."""

from collections.abc import Iterator

from nantrace.audit.domains import domain_of, exponent_limit, leaves_domain
from nantrace.audit.facts import ArtifactFacts, Json, Rows, Seen
from nantrace.audit.failures import STABLE, failing_places
from nantrace.audit.finding import AuditFinding, Severity, number, place_words
from nantrace.operations import TABLE, Domain, guarded_form

NEAR = 0.8
"""Share of the largest exponent: inputs a quarter larger than training's overflow."""


def constant_operations(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """Operations on weights and constants alone, outside of their domain whatever the rows are."""
    for one, domain in _leaving(facts):
        if one["constant"] and domain.of_elements:
            message = f"{_named(one)} computes on weights and constants from {_range(one, domain)}; {domain.sentence}."
            remedy = f"Guard the operation: {guarded_form(one['operation'], dtype=one['dtype'])}"
            yield AuditFinding("undefined_constant", Severity.WARNING, message, remedy, one["layer"])


def unguarded_operations(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """Operations for which leaving their domain cannot be ruled out, though no row that was run did."""
    known = {(place["layer"], place["operation"]) for _, _, place in failing_places(facts)}
    told: set[tuple[str, str]] = set()
    for one, domain in _leaving(facts):
        key = (one["layer"], one["operation"])
        if not one["constant"] and key not in known | told:
            told.add(key)
            yield _unguarded(facts, one, domain)


def _leaving(facts: ArtifactFacts) -> Iterator[tuple[Json, Domain]]:
    """Operations outside of normalisation layers whose inputs may lie outside of the domain."""
    for one in facts.bounded:
        domain = domain_of(one["operation"])
        leaves = domain is not None and leaves_domain(one["operation"], one["operands"])
        if domain is not None and leaves and not facts.normalises(one["layer"]):
            yield one, domain


def exponents_near_overflow(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """Exponentials close to overflow on the reference, and such that nothing bounds."""
    known = {(place["layer"], place["operation"]) for _, _, place in failing_places(facts)}
    for one in facts.bounded:
        limit = exponent_limit(one["operation"], one["dtype"])
        if limit is None or (one["layer"], one["operation"]) in known:
            continue
        reached = _reached(facts, Rows.REFERENCE, one["name"])
        top = _top(one["operation"], reached[0]) if reached else None
        high = one["operands"][0]["high"]
        if top is not None and NEAR * limit <= top <= limit:
            yield _near(one, top, limit)
        elif high is None or high > limit:
            yield _unbounded(one, top, limit)


def _top(operation: str, operand: Json) -> float:
    """The input that is closest to overflow."""
    high = float(operand["max"])
    growth = TABLE[operation].growth
    return max(high, -float(operand["min"])) if growth is not None and growth.even else high


def _unguarded(facts: ArtifactFacts, one: Json, domain: Domain) -> AuditFinding:
    bounds = f"{_named(one)} may get inputs from {_range(one, domain)}; {domain.sentence}."
    remedy = f"Guard it if such inputs can come: {guarded_form(one['operation'], dtype=one['dtype'])}"
    message = f"{bounds} {_known(facts, one, domain)}"
    return AuditFinding("unguarded_operation", Severity.INFO, message, remedy, one["layer"])


def _known(facts: ArtifactFacts, one: Json, domain: Domain) -> str:
    """How far the rows that were run bear a bound out."""
    reached = _reached(facts, Rows.REFERENCE, one["name"])
    if reached is None:
        return "A reference with the next version tells what training values reach it."
    operand = reached[domain.operand]
    return (
        f"On {Rows.REFERENCE.value} it gets {number(operand['min'])} to {number(operand['max'])}, and no answer is NaN."
    )


def _near(one: Json, top: float, limit: float) -> AuditFinding:
    message = (
        f"{_named(one)} gets up to {number(top)} on {Rows.REFERENCE.value}; in {one['dtype']} it overflows above "
        f"{number(limit)}, {number(limit - top)} further."
    )
    return AuditFinding("exponent_near_overflow", Severity.WARNING, message, STABLE, one["layer"])


def _unbounded(one: Json, top: float | None, limit: float) -> AuditFinding:
    seen = "" if top is None else f" On {Rows.REFERENCE.value} it gets at most {number(top)}."
    high = one["operands"][0]["high"]
    told = "has an input that nothing bounds" if high is None else f"may get inputs up to {number(high)}"
    message = f"{_named(one)} {told}; in {one['dtype']} it overflows above {number(limit)}.{seen}"
    return AuditFinding("exponent_unbounded", Severity.INFO, message, STABLE, one["layer"])


def _reached(facts: ArtifactFacts, rows: Rows, name: str) -> list[Json] | None:
    return next((r["operands"] for seen in _of(facts, rows) for r in seen.reached if r["name"] == name), None)


def _of(facts: ArtifactFacts, rows: Rows) -> list[Seen]:
    return [seen for seen in facts.seen if seen.rows is rows]


def _named(one: Json) -> str:
    return f"{one['operation']} in {place_words(one['layer'])}"


def _range(one: Json, domain: Domain) -> str:
    operand = one["operands"][domain.operand]
    low = "-infinity" if operand["low"] is None else number(operand["low"])
    high = "infinity" if operand["high"] is None else number(operand["high"])
    return f"{low} to {high}"
