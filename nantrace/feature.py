"""Which feature is meant, and what people call it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

WHOLE_TENSOR = -1


@dataclass(frozen=True)
class FeatureKey:
    """Place `index` on the last axis of the tensor `input`; `side` is "inputs" or "outputs".

    An index of WHOLE_TENSOR stands for all features of the tensor.
    """

    side: str
    input: str
    index: int

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The key in a document that has the fields `side`, `input` and `index`."""
        return cls(document["side"], document["input"], document["index"])

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def whole_tensor(self) -> "FeatureKey":
        return replace(self, index=WHOLE_TENSOR)


@dataclass(frozen=True)
class FeatureNames:
    """The names that the metadata gives to the columns of inputs, by input, in the order of the last axis."""

    by_input: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, metadata: Mapping[str, Any], inputs: Sequence[str]) -> Self:
        """The names in `metadata["features"]`, of a model with these inputs.

        One list names the columns of the only input, whatever that is called; a bare list names none of several inputs.
        """
        given = metadata.get("features") or {}
        if isinstance(given, Mapping) and len(given) == len(inputs) == 1:
            given = next(iter(given.values()))
        if isinstance(given, Mapping):
            return cls(given)
        return cls({inputs[0]: given} if len(inputs) == 1 else {})

    def name(self, tensor: str, index: int, *, only: bool) -> str:
        """What a person calls feature `index` of a tensor.

        Without a given name it is `tensor[index]`; the `only` feature of its tensor is called like the tensor.
        """
        given = self.by_input.get(tensor, ())
        if index < len(given):
            return str(given[index])
        return tensor if only else f"{tensor}[{index}]"
