"""How many cells of a window count as one, because they resemble each other: design effects of the reference."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitoring.drift.blocks import NOVEL, at_length, missing_effect, shape_effect
from monitoring.drift.layout import TensorLayout
from monitoring.drift.profile import Profile
from monitoring.drift.tensor_window import TensorWindow
from monitoring.drift.window import Window

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Effects:
    """Of one tensor in one window, arrays of shape (features,), >= 1.

    `shape`: for the distribution; `missing`: for the share of cells without a finite value; `novel`: for cells beyond
    all of the reference, which come in groups as they did there.
    """

    shape: Floats
    missing: Floats
    novel: Floats


def effects(profile: Profile, window: Window) -> Sequence[Effects]:
    """Of each tensor, as the order of the reference's rows tells."""
    pairs = zip(profile.tensors, window.tensors, profile.reference.tensors, strict=True)
    return [_of_tensor(*each) for each in pairs]


def _of_tensor(layout: TensorLayout, window: TensorWindow, reference: TensorWindow) -> Effects:
    finite, known_finite = window.finite.astype(np.float64), reference.finite.astype(np.float64)
    cells, known = (np.full(layout.features, float(side.cells)) for side in (window, reference))
    shape = shape_effect(layout.clustering, known_finite, finite)
    together = at_length(layout.clustering[:, NOVEL], known_finite, finite)
    return Effects(shape, missing_effect(layout.clustering, known, cells), np.maximum(shape, together))
