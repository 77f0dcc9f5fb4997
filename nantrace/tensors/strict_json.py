"""The service's own JSON: non-finite numbers are the strings "NaN", "Infinity" and "-Infinity"."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def strict(value: Any) -> Any:
    """The value with non-finite numbers as strings and numpy's numbers and arrays as plain ones."""
    match value:
        case float():
            return float(value) if math.isfinite(value) else _word(value)
        case Mapping():
            return {key: strict(item) for key, item in value.items()}
        case list() | tuple():
            return [strict(item) for item in value]
        case np.ndarray() | np.generic():
            return strict(value.tolist())
        case _:
            return value


def _word(number: float) -> str:
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
