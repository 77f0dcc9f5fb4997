"""Numbers as a person reads them."""

import math
from typing import Any

from nantrace.tensors.strict_json import strict


def number(value: Any) -> str:
    """A number in at most five significant digits, thousands grouped; nothing known is an en dash."""
    if value is None:
        return "\N{EN DASH}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if not math.isfinite(value):
        return str(strict(value))
    # PostgreSQL's JSON gives a large float back as a whole number
    if abs(value) < (1e15 if isinstance(value, int) else 1e7) and value == int(value):
        return f"{int(value):,}"
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e7 else f"{value:,.5g}"


def percent(share: float) -> str:
    """A share as a percentage; what is small and not nothing stays visible."""
    if 0 < share < 0.001:
        return "<0.1%"
    return f"{share:.0%}" if share >= 0.1 or share == 0 else f"{share:.1%}"


def is_nonfinite(value: Any) -> bool:
    """Whether a value as the API writes it is missing or non-finite."""
    return value is None or value in ("NaN", "Infinity", "-Infinity")


def counted(count: int, noun: str) -> str:
    """`1 row`, `2,000 rows`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
