"""Rows that no stretch of the reference can be, whatever the order in which it came.

Rows of one hour resemble each other, and lie in a small place of what the reference holds: an excuse that ends where
they are denser than the reference is anywhere, as a stuck sensor or metres sent as kilometres are, and where they lie
between the numbers on which it is written.
"""

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.alarms.integrity import LEAST_ROWS, WHOLLY
from nantrace.drift.columns import columns_of
from nantrace.drift.concentration import narrowest, width_of
from nantrace.drift.layout import TensorLayout
from nantrace.mistakes.decimals import OFF_GRID, decimals, on_grid
from nantrace.tensors.tensor import Sent, Tensor

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def no_stretch(layout: TensorLayout, tensor: Tensor | None) -> Flags:
    """Which features hold such cells, (features,); none of texts, nor of few rows."""
    if tensor is None or layout.text or tensor.rows < LEAST_ROWS:
        return np.zeros(layout.features, bool)
    columns = columns_of(tensor)
    cells = columns.values.astype(np.float64)
    known = np.isfinite(cells) if columns.sent is None else np.isfinite(cells) & (columns.sent == Sent.VALUE)
    finite = [np.sort(cells[known[:, i], i]) for i in range(layout.features)]
    return np.array([len(one) >= LEAST_ROWS and _is_none(layout, i, one) for i, one in enumerate(finite)], bool)


def _is_none(layout: TensorLayout, i: int, ordered: Floats) -> bool:
    most = int(np.ceil(WHOLLY * len(ordered)))
    return narrowest(ordered, most) < width_of(layout.narrowest[i], most) or _is_off_grid(layout, i, ordered)


def _is_off_grid(layout: TensorLayout, i: int, ordered: Floats) -> bool:
    edges, behind = layout.edges[i], layout.atoms[i, 1:-1]  # the edge behind an atom is the number that follows it
    numbers = edges[np.append(True, ~behind)]
    places = None if layout.category[i] else decimals(numbers)
    return places is not None and on_grid(ordered, places) < OFF_GRID
