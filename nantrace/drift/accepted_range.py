"""Values outside the reference's range that belong to an accepted normal.

The bins of a profile end where its reference ended. Where hours beyond them were accepted as normal, their extremes are
the only range that is known there: what lies beyond all of the accepted cells of a side is new, and anything else is
judged by its share, as the outer bins are bins like the others.
"""

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.profile import Profile
from nantrace.drift.window import TensorWindow, Window
from nantrace.feature import FeatureKey


def within_accepted(normal: Profile, window: Window) -> set[FeatureKey]:
    """Features whose cells outside the bins' range are no news: `normal` holds some on that side, and as far out.

    `normal`: bins of the reference with the counts of the accepted hours. `window`: of the same bins.
    """
    pairs = zip(normal.tensors, normal.reference.tensors, window.tensors, strict=True)
    return {
        FeatureKey(layout.side, layout.name, int(layout.index[i]))
        for layout, accepted, seen in pairs
        for i in np.flatnonzero(_no_news(accepted, seen))
    }


def _no_news(accepted: TensorWindow, seen: TensorWindow) -> NDArray[np.bool_]:
    """(features,); a side without cells in the window has no news."""
    below = (seen.bins[:, 0] == 0) | (seen.below.highest >= accepted.below.lowest)
    above = (seen.bins[:, -1] == 0) | (seen.above.lowest <= accepted.above.highest)
    return np.asarray(below & above)
