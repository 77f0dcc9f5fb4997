"""Names that a person gave to the columns of a model's inputs."""

from typing import Any


def feature_names(metadata: dict[str, Any]) -> dict[str, list[str]]:
    """Names by input, from `{"features": [...]}` (of the input "inputs") or `{"features": {input: ...}}`."""
    features = metadata.get("features") or {}
    return features if isinstance(features, dict) else {"inputs": features}
