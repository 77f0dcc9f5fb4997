"""A table in memory: tensors, and the names of the columns that they were made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from nantrace.tensors.tensor import Tensors


@dataclass(frozen=True)
class Table:
    """A file's tensors, and for each the names of the columns it was made of where the file names them."""

    tensors: Tensors
    columns: Mapping[str, list[str]] = dataclass_field(default_factory=dict)


def single_name(field: str) -> str:
    """What a single unnamed tensor is called."""
    return "outputs" if field == "outputs" else "inputs"
