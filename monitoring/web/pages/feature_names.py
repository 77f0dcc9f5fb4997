"""Names that a person gave to the columns of a model's inputs."""

from collections.abc import Sequence
from typing import Any


def feature_names(metadata: dict[str, Any], inputs: Sequence[str]) -> dict[str, list[str]]:
    """Names by input; a bare list `{"features": [...]}` names the columns of the only input, whatever it is called."""
    features = metadata.get("features") or {}
    if isinstance(features, dict):
        return features
    return {inputs[0]: features} if len(inputs) == 1 else {}
