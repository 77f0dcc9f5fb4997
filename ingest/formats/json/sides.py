"""One side of a batch in JSON: a list of rows, or an object of such lists by name."""

from typing import Any

from ingest.formats.json.cells import tensor_of
from nantrace.tensors.checks import check_name, gathered
from nantrace.tensors.limits import TableLimits
from nantrace.tensors.tensor import Tensors


def tensors_of(side: str, field: str, value: Any, limits: TableLimits) -> Tensors:
    """The tensors of a side; a nameless one bears the name of its side. Raises Refusal naming `field` or below it."""
    if not isinstance(value, dict):
        return gathered(field, [tensor_of(field, side, value, limits)], limits)
    tensors = []
    for name, nested in value.items():
        check_name(field, name)
        tensors.append(tensor_of(f"{field}.{name}", name, nested, limits))
    return gathered(field, tensors, limits)
