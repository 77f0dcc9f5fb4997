"""The whole table."""

from collections.abc import Mapping

from nantrace.operations import rows_of_domain, rows_of_others
from nantrace.operations.row import Operation

TABLE: Mapping[str, Operation] = {**rows_of_others.ROWS, **rows_of_domain.ROWS}


def operation(name: str | None) -> Operation | None:
    """The row of an operation type; None where the table has none."""
    return TABLE.get(name or "")
