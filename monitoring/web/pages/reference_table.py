"""Reference statistics as tables, one per input."""

from dataclasses import dataclass
from typing import Any

from nantrace.feature import FeatureNames
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
    names = FeatureNames.of(metadata, list(inputs))
    return [
        InputTable(
            name,
            " \N{MULTIPLICATION SIGN} ".join(str(size) for size in one.shape) or "scalar",
            [(names.name(name, i, only=len(one.features) == 1), known) for i, known in enumerate(one.features)],
        )
        for name, one in inputs.items()
    ]
