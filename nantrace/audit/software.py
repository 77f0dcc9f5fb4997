"""The software that saved the model beside the software that replays it."""

import re
from collections.abc import Iterator

from nantrace.audit.facts import ArtifactFacts
from nantrace.audit.finding import AuditFinding, Severity

NAMES = {"keras": "Keras", "tensorflow": "TensorFlow"}


def other_versions(facts: ArtifactFacts) -> Iterator[AuditFinding]:
    """Another major version, or a newer one than the replay's, may compute otherwise; an older minor one is told."""
    for package, saved in facts.artifact.get("saved_with", {}).items():
        replays = facts.model["software"].get(package, "")
        one, other = _release(saved), _release(replays)
        if one is None or other is None or one == other:
            continue
        severity = Severity.INFO if one[0] == other[0] and one < other else Severity.WARNING
        message = f"The model was saved with {NAMES[package]} {saved}, and is replayed with {replays}."
        remedy = f"Compare answers of both on a few rows; pip install {package}=={saved} gives the one that saved it."
        yield AuditFinding(f"{package}_version", severity, message, remedy)


def _release(version: str) -> tuple[int, int] | None:
    found = re.match(r"(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2])) if found else None
