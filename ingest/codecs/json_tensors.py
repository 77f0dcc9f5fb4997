"""One side of a batch in JSON: a list of rows, or an object of such lists by name."""

from typing import Any

from ingest.codecs.checks import check_name, gathered
from ingest.codecs.json_cells import tensor_of
from ingest.table_limits import TableLimits
from ingest.tensors import Tensors


def tensors_of(side: str, field: str, value: Any, limits: TableLimits) -> Tensors:
    """The tensors of a side; a nameless one bears the name of its side. Raises Refusal naming `field` or below it."""
    if not isinstance(value, dict):
        return gathered(field, [tensor_of(field, side, value, limits)], limits)
    tensors = []
    for name, nested in value.items():
        check_name(field, name)
        tensors.append(tensor_of(f"{field}.{name}", name, nested, limits))
    return gathered(field, tensors, limits)
