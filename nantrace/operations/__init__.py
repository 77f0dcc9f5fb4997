"""One table of TensorFlow operations: what each does to a bad value, where it is defined, and how it is kept there.

A test runs every row against TensorFlow's own kernels.
"""

from nantrace.operations.advice import guarded_form, stable_form
from nantrace.operations.domains import Domain, Range
from nantrace.operations.guards import tamed
from nantrace.operations.row import LARGEST, Effect, Family, Growth, IntervalRule, Operation
from nantrace.operations.table import TABLE, operation

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
