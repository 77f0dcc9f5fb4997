"""The bins of one feature in words, with the share of the reference's and of a window's cells in each."""

from dataclasses import dataclass

import numpy as np

from nantrace.drift.layout import TensorLayout
from nantrace.drift.profile import Profile
from nantrace.drift.window import Window


@dataclass(frozen=True)
class Share:
    """One bin: shares of the finite cells, 0 to 1; `outside`: beyond the reference's range, or unknown to it."""

    label: str
    reference: float
    current: float
    outside: bool = False


def bin_shares(profile: Profile, window: Window, number: int, place: int) -> list[Share]:
    """The bins of feature `place` of tensor `number` that hold anything, in ascending order."""
    layout = profile.tensors[number]
    known, seen = profile.reference.tensors[number].bins[place], window.tensors[number].bins[place]
    before, now = known / max(int(known.sum()), 1), seen / max(int(seen.sum()), 1)
    return [
        Share(_label(layout, place, j), float(before[j]), float(now[j]), _outside(layout, place, j))
        for j in np.flatnonzero((known > 0) | (seen > 0)).tolist()
    ]


def _outside(layout: TensorLayout, place: int, j: int) -> bool:
    if layout.text or not layout.category[place]:
        return j == layout.bins - 1 or (j == 0 and not layout.text)
    return not layout.atoms[place, j]


def _label(layout: TensorLayout, place: int, j: int) -> str:
    if layout.text:
        return layout.texts[place].label(j - 1)
    edges = layout.edges[place]
    if j == 0:
        return f"below {edges[0]:.4g}"
    if j == len(edges):
        return f"above {layout.moments.maximum[place]:.4g}"
    if layout.atoms[place, j]:
        return f"{edges[j - 1]:.4g}"
    return f"{edges[j - 1]:.4g} to {edges[j]:.4g}"
