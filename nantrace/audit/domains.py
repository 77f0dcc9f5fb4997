"""Where TensorFlow's operations are defined, and where exponentials overflow."""

import math
from collections.abc import Mapping
from typing import Any

LARGEST = {"float16": 65504.0, "bfloat16": 3.3895e38, "float32": 3.4028e38, "float64": 1.7976e308}
ABOVE_ZERO = {"Log", "Rsqrt"}
FROM_ZERO = {"Sqrt"}
DENOMINATORS = {"RealDiv": 1, "Div": 1, "Xdivy": 1, "Reciprocal": 0, "Inv": 0}
WITHIN_ONE = {"Acos", "Asin", "Atanh"}
EXPONENTIALS = {"Exp": 0.0, "Expm1": 0.0, "Cosh": math.log(2), "Sinh": math.log(2)}

WORDS = {
    **dict.fromkeys(ABOVE_ZERO, "it is finite above 0 only"),
    **dict.fromkeys(FROM_ZERO, "it is defined from 0 on"),
    **dict.fromkeys(DENOMINATORS, "its denominator may not be 0"),
    **dict.fromkeys(("Acos", "Asin"), "it is defined from -1 to 1"),
    "Atanh": "it is finite between -1 and 1",
    "Log1p": "it is finite above -1 only",
    "Acosh": "it is defined from 1 on",
    "Pow": "a negative base has no fractional power, and 0 no negative one",
    "Xlogy": "the logarithm in it is finite above 0 only",
}

Operand = Mapping[str, Any]


def exponent_limit(operation: str, dtype: str) -> float | None:
    """The largest input of an exponential of this type that does not overflow (Exp in float32: 88.7), else None."""
    if operation not in EXPONENTIALS or dtype not in LARGEST:
        return None
    return math.log(LARGEST[dtype]) + EXPONENTIALS[operation]


def leaves_domain(operation: str, operands: list[Operand]) -> bool:
    """Whether inputs between `low` and `high` (None is infinite) reach outside of the operation's domain."""
    low, high = _low(operands[0]), _high(operands[0])
    if operation in ABOVE_ZERO:
        return low <= 0
    if operation in FROM_ZERO:
        return low < 0
    if operation in DENOMINATORS:
        bottom = operands[DENOMINATORS[operation]]
        return _low(bottom) <= 0 <= _high(bottom)
    if operation in WITHIN_ONE:
        edge = 1e-6 if operation != "Atanh" else 0.0  # rounding of a cosine is no fault
        return low < -1 - edge or high > 1 + edge or (operation == "Atanh" and (low <= -1 or high >= 1))
    if operation == "Pow":
        return _power_leaves(low, operands[1])
    return low < {"Acosh": 1.0}.get(operation, -math.inf) or (operation == "Log1p" and low <= -1)


def _power_leaves(base_low: float, exponent: Operand) -> bool:
    low, high = _low(exponent), _high(exponent)
    whole = low == high and low % 1 == 0
    return (base_low < 0 and not whole) or (base_low <= 0 and low < 0)


def _low(operand: Operand) -> float:
    return -math.inf if operand["low"] is None else float(operand["low"])


def _high(operand: Operand) -> float:
    return math.inf if operand["high"] is None else float(operand["high"])
