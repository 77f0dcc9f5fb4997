"""Reference statistics as tables, one per input."""

from dataclasses import dataclass
from typing import Any

from monitoring.web.pages.feature_names import feature_names
from nantrace.reference import FeatureReference, Reference


@dataclass(frozen=True)
class InputTable:
    """The statistics of one input: its per-row shape in words, and (name, statistics) per feature."""

    input: str
    shape: str
    features: list[tuple[str, FeatureReference]]


def reference_tables(stored: dict[str, Any] | None, metadata: dict[str, Any]) -> list[InputTable]:
    """Tables of a stored `Reference.as_json()`; none without a reference."""
    if not stored:
        return []
    inputs = Reference.from_json(stored).inputs
    names = feature_names(metadata, list(inputs))
    return [
        InputTable(
            name,
            " \N{MULTIPLICATION SIGN} ".join(str(size) for size in one.shape) or "scalar",
            list(zip(_padded(names.get(name, []), len(one.features)), one.features, strict=True)),
        )
        for name, one in inputs.items()
    ]


def _padded(names: list[str], count: int) -> list[str]:
    return [names[i] if i < len(names) else str(i) for i in range(count)]
