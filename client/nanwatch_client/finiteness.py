"""Whether everything in a prediction is finite, in the time that serving code does not notice.

The product of an array with itself is a sum of squares, which never cancel: where it is finite, every number is. It
takes half as long as `numpy.isfinite` on 256 rows and allocates nothing. It may overflow, of which `numpy.vdot`, unlike
`numpy.dot`, does not warn the serving process; then rows are looked at one by one, as where it is NaN.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nanwatch_client.records import Record

INFINITY = math.inf
ONE_THREAD = 10_000  # cells; for the product of more, OpenBLAS takes other threads than the one that serves

_ndarray, _asarray, _vdot, _isfinite = np.ndarray, np.asarray, np.vdot, math.isfinite
_SQUARED = frozenset((np.dtype(np.float32), np.dtype(np.float64)))  # what BLAS multiplies


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
    size = value.size
    if value.dtype not in _SQUARED or size > ONE_THREAD:
        finite = _finite(value)
    elif size == 1:
        finite = _isfinite(value.item())
    else:
        finite = _isfinite(_vdot(value, value))
    if not finite:
        return 0
    axes = value.ndim
    return len(value) if axes > 1 or (batched and axes) else 1


def _finite(array: NDArray[Any]) -> bool:
    kind = array.dtype.kind
    return kind in "iubUS" or (kind == "f" and bool(np.isfinite(array).all()))


def _finite_number(value: float, batched: bool) -> int:  # noqa: ARG001 - as the others
    return 1 if -INFINITY < value < INFINITY else 0


def _finite_text(value: str, batched: bool) -> int:  # noqa: ARG001 - as the others
    return 1


def _finite_lists(value: list[Any], batched: bool) -> int:
    """The sum of finite numbers is finite or overflows; that of others is NaN or an infinity."""
    try:
        if type(value[0]) is list:
            total = 0.0
            for row in value:
                total += sum(row)
            return len(value) if -INFINITY < total < INFINITY else 0
        if type(value[0]) is dict:  # a record
            return 1 if len(value) == 1 and _finite_dict(value[0], False) else 0
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


def _finite_record(value: Record, batched: bool) -> int:  # noqa: ARG001 - as the others
    return 1 if value.finite else 0


def _unknown(value: Any, batched: bool) -> int:  # noqa: ARG001 - as the others
    return 0


_BY_TYPE: dict[type, Callable[[Any, bool], int]] = {
    list: _finite_lists,
    dict: _finite_dict,
    float: _finite_number,
    int: _finite_number,
    str: _finite_text,
    Record: _finite_record,
    np.ma.MaskedArray: _unknown,
}
