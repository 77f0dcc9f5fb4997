"""What failed on no row that was run, but could: operations that may leave their domain, and numbers near overflow."""

import math
from collections.abc import Iterator, Sequence
from itertools import takewhile

from nantrace.audit.artifact_facts import ArtifactFacts, Json, ProbeRows, Seen
from nantrace.audit.audit_finding import AuditFinding, Severity, number, place_words
from nantrace.audit.failures import STABLE, domain_of, failing_places
from nantrace.operations import TABLE, Domain, guarded_form, operation

NEAR = 0.8
"""Share of the largest exponent: inputs a quarter larger than training's overflow."""
DECADES = 1.0
SEVERITIES = {ProbeRows.REFERENCE: Severity.WARNING, ProbeRows.UNIT: Severity.WARNING, ProbeRows.RANGE: Severity.INFO}
"""Rows that combine values freely go further than any that the model was made for."""


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
    reported: set[tuple[str, str]] = set()
    for one, domain in _leaving(facts):
        key = (one["layer"], one["operation"])
        if not one["constant"] and key not in known | reported:
            reported.add(key)
            yield _unguarded(facts, one, domain)


def exponents_near_overflow(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """Exponentials close to overflow on the reference, and such that nothing bounds."""
    known = {(place["layer"], place["operation"]) for _, _, place in failing_places(facts)}
    for one in facts.bounded:
        limit = exponent_limit(one["operation"], one["dtype"])
        if limit is None or (one["layer"], one["operation"]) in known:
            continue
        reached = _reached(facts, ProbeRows.REFERENCE, one["name"])
        top = _top(one["operation"], reached[0]) if reached else None
        high = one["operands"][0]["high"]
        if top is not None and NEAR * limit <= top <= limit:
            yield _near(one, top, limit)
        elif high is None or high > limit:
            yield _unbounded(one, top, limit)


def little_headroom(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """The first layer within one decade of its dtype's maximum; layers after it carry its numbers on."""
    for rows, severity in SEVERITIES.items():
        for seen in (seen for seen in facts.seen if seen.rows is rows):
            near = [one for one in _before_failures(seen) if _decades(one) < DECADES]
            if near:
                yield _close_to_limit(near, rows, severity)
                return


def exponent_limit(name: str, dtype: str) -> float | None:
    """The largest input of an exponential of this type that does not overflow (Exp in float32: 88.7), else None."""
    row = operation(name)
    return row.growth.limit(dtype) if row is not None and row.growth is not None else None


def leaves_domain(name: str, operands: Sequence[Json]) -> bool:
    """Whether inputs between `low` and `high` (None is infinite) reach outside of the operation's domain."""
    domain = domain_of(name)
    return domain is not None and domain.leaves([(_low(one), _high(one)) for one in operands])


def _leaving(facts: ArtifactFacts) -> Iterator[tuple[Json, Domain]]:
    """Operations outside of normalisation layers whose inputs may lie outside of the domain."""
    for one in facts.bounded:
        domain = domain_of(one["operation"])
        leaves = domain is not None and leaves_domain(one["operation"], one["operands"])
        if domain is not None and leaves and not facts.normalises(one["layer"]):
            yield one, domain


def _low(operand: Json) -> float:
    return -math.inf if operand["low"] is None else float(operand["low"])


def _high(operand: Json) -> float:
    return math.inf if operand["high"] is None else float(operand["high"])


def _top(kind: str, operand: Json) -> float:
    """The input that is closest to overflow."""
    high = float(operand["max"])
    growth = TABLE[kind].growth
    return max(high, -float(operand["min"])) if growth is not None and growth.even else high


def _unguarded(facts: ArtifactFacts, one: Json, domain: Domain) -> AuditFinding:
    bounds = f"{_named(one)} may get inputs from {_range(one, domain)}; {domain.sentence}."
    remedy = f"Guard it if such inputs can come: {guarded_form(one['operation'], dtype=one['dtype'])}"
    message = f"{bounds} {_known(facts, one, domain)}"
    return AuditFinding("unguarded_operation", Severity.INFO, message, remedy, one["layer"])


def _known(facts: ArtifactFacts, one: Json, domain: Domain) -> str:
    """How far the rows that were run bear a bound out."""
    reached = _reached(facts, ProbeRows.REFERENCE, one["name"])
    if reached is None:
        return "A reference with the next version shows what training values reach it."
    operand = reached[domain.operand]
    values = f"{number(operand['min'])} to {number(operand['max'])}"
    return f"On {ProbeRows.REFERENCE.value} it gets {values}, and no answer is NaN."


def _near(one: Json, top: float, limit: float) -> AuditFinding:
    message = (
        f"{_named(one)} gets up to {number(top)} on {ProbeRows.REFERENCE.value}; in {one['dtype']} it overflows above "
        f"{number(limit)}, {number(limit - top)} further."
    )
    return AuditFinding("exponent_near_overflow", Severity.WARNING, message, STABLE, one["layer"])


def _unbounded(one: Json, top: float | None, limit: float) -> AuditFinding:
    seen = "" if top is None else f" On {ProbeRows.REFERENCE.value} it gets at most {number(top)}."
    high = one["operands"][0]["high"]
    bound = "has an input that nothing bounds" if high is None else f"may get inputs up to {number(high)}"
    message = f"{_named(one)} {bound}; in {one['dtype']} it overflows above {number(limit)}.{seen}"
    return AuditFinding("exponent_unbounded", Severity.INFO, message, STABLE, one["layer"])


def _reached(facts: ArtifactFacts, rows: ProbeRows, name: str) -> list[Json] | None:
    return next((r["operands"] for seen in _of(facts, rows) for r in seen.reached if r["name"] == name), None)


def _of(facts: ArtifactFacts, rows: ProbeRows) -> list[Seen]:
    return [seen for seen in facts.seen if seen.rows is rows]


def _named(one: Json) -> str:
    return f"{one['operation']} in {place_words(one['layer'])}"


def _range(one: Json, domain: Domain) -> str:
    operand = one["operands"][domain.operand]
    low = "-infinity" if operand["low"] is None else number(operand["low"])
    high = "infinity" if operand["high"] is None else number(operand["high"])
    return f"{low} to {high}"


def _before_failures(seen: Seen) -> list[Json]:
    """Layers in the order in which they compute, up to the first that fails: that one is reported as a failure."""
    failing = {one["layer"] for one in seen.overflows}
    failing |= {place["layer"] for group in seen.groups for place in group["sources"]}
    return list(takewhile(lambda one: one["layer"] not in failing, seen.magnitudes))


def _close_to_limit(near: list[Json], rows: ProbeRows, severity: Severity) -> AuditFinding:
    first = near[0]
    after = f" ({len(near) - 1} more after it)" if len(near) > 1 else ""
    message = (
        f"{place_words(first['layer'])} reaches {number(first['largest'])} on {rows.value}, "
        f"{_decades(first):.1f} decades below {number(first['limit'])}, the maximum of {first['dtype']}{after}."
    )
    return AuditFinding("little_headroom", severity, message, _headroom_remedy(first), first["layer"])


def _decades(one: Json) -> float:
    return math.log10(one["limit"] / one["largest"]) if one["largest"] else math.inf


def _headroom_remedy(one: Json) -> str:
    if one["dtype"] in ("float16", "bfloat16"):
        return 'Compute this layer in float32: dtype="float32" in its constructor.'
    return "Scale the inputs, or retrain with weight decay: numbers of this size leave no room for a larger input."
