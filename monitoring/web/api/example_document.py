"""Failing rows as the API writes them."""

from typing import Any

from monitoring.incidents.examples import Example
from nantrace.tensors.strict_json import strict
from nantrace.tensors.tensor import Tensor, Tensors


def example_document(example: Example) -> dict[str, Any]:
    """One failing row; a missing cell is null, a non-finite one its name as a string."""
    return {
        "batch": example.batch,
        "row": example.row,
        "id": example.id,
        "inputs": _row(example.inputs, "inputs"),
        "outputs": None if example.outputs is None else _row(example.outputs, "outputs"),
    }


def _row(tensors: Tensors, unnamed: str) -> Any:
    cells = {tensor.name: _cells(tensor) for tensor in tensors}
    return cells[unnamed] if list(cells) == [unnamed] else cells


def _cells(tensor: Tensor) -> Any:
    values = tensor.values.astype(object)
    values[tensor.missing()] = None
    return strict(values[0].tolist() if values.ndim > 1 else values[0])
