"""One table of TensorFlow operations: what each does to a bad value, where it is defined, and how it is kept there.

A test runs every row against TensorFlow's own kernels.
"""

from collections.abc import Mapping

from nantrace.operations import rows_of_domain, rows_of_others
from nantrace.operations.domains import Domain, Range
from nantrace.operations.row import Effect, Family, Growth, IntervalRule, Operation

TABLE: Mapping[str, Operation] = {**rows_of_others.ROWS, **rows_of_domain.ROWS}
__all__ = ["TABLE", "Domain", "Effect", "Family", "Growth", "IntervalRule", "Operation", "Range", "operation"]


def operation(name: str | None) -> Operation | None:
    """The row of an operation type; None where the table has none."""
    return TABLE.get(name or "")
