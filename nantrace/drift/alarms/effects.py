"""How many cells of a window count as one, because they resemble each other: design effects."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.alarms.spread import clustering_within
from nantrace.drift.blocks import NOVEL, at_length, in_order, missing_effect, shape_effect
from nantrace.drift.layout import TensorLayout
from nantrace.drift.profile import Profile
from nantrace.drift.tensor_window import TensorWindow
from nantrace.drift.window import Window

OUTAGES = 0.2  # intraclass correlation of missing cells before order shows it: a window is five groups at most

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


def ordered(profile: Profile) -> bool:
    """Whether the reference's rows came in an order that shows how rows of one window resemble each other."""
    return any(in_order(layout.clustering) for layout in profile.tensors)


def effects(profile: Profile, window: Window) -> Sequence[Effects]:
    """Of each tensor, as the order of the reference's rows shows it: 1 where it shows nothing."""
    pairs = zip(profile.tensors, window.tensors, profile.reference.tensors, strict=True)
    return [_of_tensor(*each) for each in pairs]


def cautious_effects(profile: Profile, window: Window) -> Sequence[Effects]:
    """The same, and where order shows nothing, what clusters there may be all the same.

    Numbers beyond the reference are as few as the window is narrow (`spread`). Missing cells of a feature that has some
    in the reference come in outages; of one that never had any they are new, however they come, and so are categories.
    """
    known = effects(profile, window)
    if ordered(profile):
        return known
    pairs = zip(profile.tensors, window.tensors, profile.reference.tensors, known, strict=True)
    return [_supposed(*each) for each in pairs]


def _of_tensor(layout: TensorLayout, window: TensorWindow, reference: TensorWindow) -> Effects:
    finite, known_finite = window.finite.astype(np.float64), reference.finite.astype(np.float64)
    cells, known = (np.full(layout.features, float(side.cells)) for side in (window, reference))
    shape = shape_effect(layout.clustering, known_finite, finite)
    together = at_length(layout.clustering[:, NOVEL], known_finite, finite)
    return Effects(shape, missing_effect(layout.clustering, known, cells), np.maximum(shape, together))


def _supposed(layout: TensorLayout, window: TensorWindow, reference: TensorWindow, known: Effects) -> Effects:
    outages = np.where(reference.finite < reference.cells, OUTAGES, 0.0)
    alike = clustering_within(layout, window, reference)
    missing, novel = 1.0 + (max(window.cells, 1) - 1) * outages, 1.0 + (np.maximum(window.finite, 1) - 1) * alike
    return Effects(known.shape, np.maximum(known.missing, missing), np.maximum(known.novel, novel))
