"""Findings as the JSON that is printed, answered and stored: the one writer of it."""

from typing import Any

from nantrace.diagnosis.finding import Finding
from nantrace.tensors.strict_json import strict


def strict_report(finding: Finding) -> dict[str, Any]:
    """The finding in the contract's words, with non-finite numbers as text.

    Texts lose NUL characters and lone surrogates, which PostgreSQL refuses; sent text inputs may hold both.
    """
    return {name: _storable(value) for name, value in strict(finding.report()).items()}


def _storable(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): _storable(item) for key, item in value.items()}
        case list():
            return [_storable(item) for item in value]
        case str():
            return value.replace("\x00", "?").encode("utf-8", "replace").decode()
        case _:
            return value
