"""Layers that come close to the largest number their dtype holds, on rows within the reference."""

import math
from collections.abc import Iterator
from itertools import takewhile

from nantrace.audit.facts import ArtifactFacts, Json, Rows, Seen
from nantrace.audit.finding import AuditFinding, Severity, number, place_words

DECADES = 1.0
SEVERITIES = {Rows.REFERENCE: Severity.WARNING, Rows.UNIT: Severity.WARNING, Rows.RANGE: Severity.INFO}
"""Rows that combine values freely go further than any that the model was made for."""


def little_headroom(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """The first layer within one decade of its dtype's maximum; layers after it carry its numbers on."""
    for rows, severity in SEVERITIES.items():
        for seen in (seen for seen in facts.seen if seen.rows is rows):
            near = [one for one in _before_failures(seen) if _decades(one) < DECADES]
            if near:
                yield _finding(near, rows, severity)
                return


def _before_failures(seen: Seen) -> list[Json]:
    """Layers in the order in which they compute, up to the first that fails: that one is told as a failure."""
    failing = {one["layer"] for one in seen.overflows}
    failing |= {place["layer"] for group in seen.groups for place in group["sources"]}
    return list(takewhile(lambda one: one["layer"] not in failing, seen.magnitudes))


def _finding(near: list[Json], rows: Rows, severity: Severity) -> AuditFinding:
    first = near[0]
    after = f" ({len(near) - 1} more after it)" if len(near) > 1 else ""
    message = (
        f"{place_words(first['layer'])} reaches {number(first['largest'])} on {rows.value}, "
        f"{_decades(first):.1f} decades below {number(first['limit'])}, the maximum of {first['dtype']}{after}."
    )
    return AuditFinding("little_headroom", severity, message, _remedy(first), first["layer"])


def _decades(one: Json) -> float:
    return math.log10(one["limit"] / one["largest"]) if one["largest"] else math.inf


def _remedy(one: Json) -> str:
    if one["dtype"] in ("float16", "bfloat16"):
        return 'Compute this layer in float32: dtype="float32" in its constructor.'
    return "Scale the inputs, or retrain with weight decay: numbers of this size leave no room for a larger input."
