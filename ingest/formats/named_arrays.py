"""What the formats of named arrays share, npz and Arrow.

Arrays are named `inputs` or `inputs.<name>`, `outputs` or `outputs.<name>`. The fields that are no tensors come as JSON
in a header of the request.
"""

from collections.abc import Mapping
from typing import Any

from ingest.batches.batch_fields import read_fields
from ingest.batches.decoded import DecodedBatch
from ingest.limits import BATCH
from nantrace.tensors.checks import check_name, gathered
from nantrace.tensors.tensor import Tensor, TensorError, Tensors

BATCH_HEADER = "X-NaNWatch-Batch"


def check_array_names(names: list[str]) -> None:
    """Raises TensorError when an array belongs to neither side."""
    for name in names:
        if name.split(".", 1)[0] not in ("inputs", "outputs"):
            wanted = "`inputs`, `inputs.<name>`, `outputs` or `outputs.<name>`"
            raise TensorError("body", f"holds an array named {name[:100]!r}; the names are {wanted}")


def batch_of_arrays(tensors: Mapping[str, Tensor], fields: Mapping[str, Any]) -> DecodedBatch:
    """The arrays by side, and the fields; raises Refusal naming a field, or a side of one array and named ones."""
    inputs = _side("inputs", tensors)
    if inputs is None:
        raise TensorError("inputs", "is missing; name the arrays `inputs` or `inputs.<name>`")
    return DecodedBatch(inputs, _side("outputs", tensors), read_fields(fields, inputs.rows))


def _side(field: str, tensors: Mapping[str, Tensor]) -> Tensors | None:
    named = {name.removeprefix(f"{field}."): one for name, one in tensors.items() if name.startswith(f"{field}.")}
    if field in tensors and named:
        raise TensorError(field, f"comes with {field}.{next(iter(named))}; send one array or named arrays")
    if field in tensors:
        return gathered(field, [tensors[field]], BATCH)
    for name in named:
        check_name(field, name)
    renamed = [Tensor(name, one.values, one.sent) for name, one in named.items()]
    return gathered(field, renamed, BATCH) if renamed else None
