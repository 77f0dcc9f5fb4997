"""Which findings are one incident."""

import hashlib
import json

from nantrace.diagnosis.finding import Finding, Origin

GROUPING = 1  # raise it when `fingerprint` changes: old incidents then keep their rows and match nothing new


def fingerprint(finding: Finding) -> str:
    """`<grouping>:<sha256>` over symptom, cause and origin, 66 characters.

    The model version is no part of it, so that a regression comes back to its incident; neither are the
    responsible features, which vary from batch to batch for one fault. The name of an operation changes with every
    trace; the name of a weight or a constant does not.
    """
    parts = [finding.symptom, finding.cause, _origin(finding.origin)]
    digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    return f"{GROUPING}:{digest}"


def _origin(place: Origin | None) -> list[str | None] | None:
    if place is None:
        return None
    if place.kind == "input":
        return [place.kind]
    return [
        place.kind,
        place.layer,
        place.operation,
        place.name if place.kind in ("weight", "constant") else None,
    ]
