"""How to write an operation so that it stays inside its domain, or does not overflow: code that a person can paste."""

from collections.abc import Sequence
from typing import Any

from nantrace.operations.rows_of_domain import SOFTMAX
from nantrace.operations.table import operation


def guarded_form(name: str, operands: Sequence[Any] = (), dtype: str = "float32") -> str:
    """A line of Keras code; `operands` are the inputs for which the operation was undefined."""
    row = operation(name)
    if row is None or row.guard is None:
        return f"# keep what goes into {name} inside its domain, for example with keras.ops.clip"
    return row.guard.code(dtype, operands)


def stable_form(name: str, operands: Sequence[Any] = (), dtype: str = "float32") -> str:
    """Lines of Keras code; `operands` are the inputs for which the operation overflowed."""
    row = operation(name)
    stable = row.stable if row is not None else None
    return (stable or SOFTMAX).code(dtype, operands)
