"""Whether everything in a prediction is finite, in the time that serving code does not notice.

`numpy.isfinite(x).all()` takes 3 us on 30 numbers, most of it in the reduction; looking for a zero byte in what
`isfinite` wrote takes a fourth of that. Sums and dot products are as quick on small arrays, but overflow where
every number is finite, and say so in a RuntimeWarning of the serving process.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

INFINITY = math.inf
SMALL = 4096  # cells; above it the reduction itself is quicker than the copy into bytes

_ndarray, _asarray, _isfinite = np.ndarray, np.asarray, np.isfinite


def finite_rows(value: Any, batched: bool) -> int:
    """The number of rows of a tensor, or of a dict of tensors, that are finite at a glance.

    0 means: look exactly (`rows.rows_of`). Where `batched` is true the first axis is that of the rows; else
    something of less than two axes is one row.
    """
    kind = type(value)
    if kind is not _ndarray:
        look = _BY_TYPE.get(kind)
        if look is not None:
            return look(value, batched)
        value = _asarray(value)
    letter = value.dtype.kind
    if letter == "f":
        if value.size <= SMALL:
            if b"\0" in _isfinite(value).tobytes():
                return 0
        elif not _isfinite(value).all():
            return 0
    elif letter not in "iubUS":
        return 0
    shape = value.shape
    return int(shape[0]) if len(shape) > 1 or (batched and shape) else 1


def _finite_number(value: float, batched: bool) -> int:  # noqa: ARG001 - as the others
    return 1 if -INFINITY < value < INFINITY else 0


def _finite_lists(value: list[Any], batched: bool) -> int:
    """The sum of finite numbers is finite or overflows; that of others is NaN or an infinity."""
    try:
        if type(value[0]) is list:
            total = 0.0
            for row in value:
                total += sum(row)
            return len(value) if -INFINITY < total < INFINITY else 0
        return (len(value) if batched else 1) if -INFINITY < sum(value) < INFINITY else 0
    except (TypeError, OverflowError, IndexError, ValueError):  # texts, None, deeper lists, arrays, 10**400
        return 0


def _finite_dict(value: dict[str, Any], batched: bool) -> int:
    rows = 0
    for one in value.values():
        rows = finite_rows(one, batched)
        if not rows:
            return 0
    return rows


_BY_TYPE: dict[type, Callable[[Any, bool], int]] = {
    list: _finite_lists,
    dict: _finite_dict,
    float: _finite_number,
}
