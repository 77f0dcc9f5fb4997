"""What a person calls the features of a version's inputs and outputs."""

from collections.abc import Mapping
from typing import Any

from nantrace.drift.layout import TensorLayout
from nantrace.drift.profile import Profile

Names = Mapping[tuple[str, str], list[str]]


def feature_names(profile: Profile, metadata: Mapping[str, Any]) -> Names:
    """For each tensor, by side and name, the names of its watched features in the order of the profile.

    A bare list in the metadata names the columns of the only input; what nobody named is called by its place.
    """
    given = metadata.get("features") or {}
    inputs = [tensor.name for tensor in profile.tensors if tensor.side == "inputs"]
    by_input = given if isinstance(given, Mapping) else {inputs[0]: given} if len(inputs) == 1 else {}
    return {
        (tensor.side, tensor.name): _names(tensor, by_input.get(tensor.name, []) if tensor.side == "inputs" else [])
        for tensor in profile.tensors
    }


def _names(tensor: TensorLayout, given: list[str]) -> list[str]:
    if len(tensor.index) == 1 and not given:
        return [tensor.name]
    return [str(given[i]) if i < len(given) else f"{tensor.name}[{i}]" for i in tensor.index.tolist()]
