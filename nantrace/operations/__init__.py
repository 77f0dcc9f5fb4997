"""One table of TensorFlow operations: what each does to a bad value, where it is defined, and how it is kept there.

A test runs every row against TensorFlow's own kernels.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from nantrace.operations import failing_operations, finite_operations
from nantrace.operations.domains import Domain, Range
from nantrace.operations.guards import tamed
from nantrace.operations.row import LARGEST, Effect, Family, Growth, IntervalRule, Operation

__all__ = [
    "LARGEST",
    "TABLE",
    "Domain",
    "Effect",
    "Family",
    "Growth",
    "IntervalRule",
    "Operation",
    "Range",
    "guarded_form",
    "operation",
    "stable_form",
    "tamed",
]

TABLE: Mapping[str, Operation] = {**finite_operations.ROWS, **failing_operations.ROWS}


def operation(name: str | None) -> Operation | None:
    """The row of an operation type; None where the table has none."""
    return TABLE.get(name or "")


def guarded_form(name: str, operands: Sequence[Any] = (), dtype: str = "float32") -> str:
    """A line of Keras code that keeps inputs inside the domain; `operands` are inputs where it was undefined."""
    row = operation(name)
    if row is None or row.guard is None:
        return f"# keep what goes into {name} inside its domain, for example with keras.ops.clip"
    return row.guard.code(dtype, operands)


def stable_form(name: str, operands: Sequence[Any] = (), dtype: str = "float32") -> str:
    """Lines of Keras code that do not overflow; `operands` are inputs for which the operation overflowed."""
    row = operation(name)
    stable = row.stable if row is not None else None
    return (stable or failing_operations.SOFTMAX).code(dtype, operands)
