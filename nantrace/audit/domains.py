"""Whether bounds of the inputs of an operation rule its failure out."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from nantrace.operations import Domain, operation

Operand = Mapping[str, Any]


def exponent_limit(name: str, dtype: str) -> float | None:
    """The largest input of an exponential of this type that does not overflow (Exp in float32: 88.7), else None."""
    row = operation(name)
    return row.growth.limit(dtype) if row is not None and row.growth is not None else None


def domain_of(name: str) -> Domain | None:
    row = operation(name)
    return row.domain if row is not None else None


def leaves_domain(name: str, operands: Sequence[Operand]) -> bool:
    """Whether inputs between `low` and `high` (None is infinite) reach outside of the operation's domain."""
    domain = domain_of(name)
    return domain is not None and domain.leaves([(_low(one), _high(one)) for one in operands])


def _low(operand: Operand) -> float:
    return -math.inf if operand["low"] is None else float(operand["low"])


def _high(operand: Operand) -> float:
    return math.inf if operand["high"] is None else float(operand["high"])
