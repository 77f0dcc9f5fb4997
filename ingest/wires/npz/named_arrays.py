"""The name rule of formats that carry named arrays: `inputs` or `inputs.<name>`, `outputs` or `outputs.<name>`."""

from collections.abc import Mapping
from typing import Any

from ingest.batches.decoded import Posted
from ingest.limits import BATCH
from nantrace.tensors.checks import check_name, gathered
from nantrace.tensors.tensor import Tensor, TensorError, Tensors


def check_array_names(names: list[str]) -> None:
    """Raises TensorError when an array belongs to neither side."""
    for name in names:
        if name.split(".", 1)[0] not in ("inputs", "outputs"):
            wanted = "`inputs`, `inputs.<name>`, `outputs` or `outputs.<name>`"
            raise TensorError("body", f"holds an array named {name[:100]!r}; the names are {wanted}")


def posted_of(tensors: Mapping[str, Tensor], fields: dict[str, Any]) -> Posted:
    """The arrays by side; raises Refusal naming the side, when it holds both one array and named ones too."""
    inputs = _side("inputs", tensors)
    if inputs is None:
        raise TensorError("inputs", "is missing; name the arrays `inputs` or `inputs.<name>`")
    return Posted(inputs, _side("outputs", tensors), fields)


def _side(field: str, tensors: Mapping[str, Tensor]) -> Tensors | None:
    named = {name.removeprefix(f"{field}."): one for name, one in tensors.items() if name.startswith(f"{field}.")}
    if field in tensors and named:
        raise TensorError(field, f"stands beside {field}.{next(iter(named))}; send one array or named arrays")
    if field in tensors:
        return gathered(field, [tensors[field]], BATCH)
    for name in named:
        check_name(field, name)
    renamed = [Tensor(name, one.values, one.sent) for name, one in named.items()]
    return gathered(field, renamed, BATCH) if renamed else None
