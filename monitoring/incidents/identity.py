"""What an incident is known by: the fingerprint of its findings, and a short id that a person can say aloud."""

import hashlib
import json
import re

from ingest.models import Model
from monitoring.models import IncidentSequence
from nantrace.diagnosis.finding import Finding, Origin

GROUPING = 1  # raise it when `fingerprint` changes: old incidents then keep their rows and match nothing new
PREFIX_LENGTH = 30


def fingerprint(finding: Finding) -> str:
    """`<grouping>:<sha256>` over symptom, cause, origin and kind, 66 characters.

    The model version is no part of it, so that a regression comes back to its incident; neither are the
    responsible features, which vary from batch to batch for one fault. The name of an operation changes with every
    trace; the name of a weight or a constant does not.
    """
    kind = [finding.kind] if finding.kind else []
    parts = [finding.symptom, finding.cause, _origin(finding.origin), *kind]
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


def short_id_prefix(model_name: str) -> str:
    """The model's name in upper-case letters, digits and dashes, at most 30 characters."""
    plain = re.sub(r"[^A-Z0-9]+", "-", model_name.upper()).strip("-")
    return plain[:PREFIX_LENGTH].strip("-") or "MODEL"


def next_short_id(model: Model) -> str:
    """The next number of the model's prefix in its project; must run inside a transaction.

    Two models may share a prefix, so the number is kept by project and prefix. It is never given twice,
    not even after its incident was deleted: the id may stand in a mail.
    """
    prefix = short_id_prefix(model.name)
    sequence, _ = IncidentSequence.objects.select_for_update().get_or_create(project_id=model.project_id, prefix=prefix)
    sequence.last += 1
    sequence.save(update_fields=["last"])
    return f"{prefix}-{sequence.last}"
