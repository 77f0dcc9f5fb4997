"""What both databases take as JSON."""

import math
from typing import Any

from monitoring.diagnosis.finding import Finding


def strict_report(finding: Finding) -> dict[str, Any]:
    """The finding in the contract's words, with non-finite numbers as text.

    Texts lose NUL characters and lone surrogates, which PostgreSQL refuses; sent text inputs may hold both.
    """
    return {name: _strict(value) for name, value in finding.report().items()}


def _strict(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): _strict(item) for key, item in value.items()}
        case list() | tuple():
            return [_strict(item) for item in value]
        case float() if not math.isfinite(value):
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        case str():
            return value.replace("\x00", "?").encode("utf-8", "replace").decode()
        case _:
            return value
