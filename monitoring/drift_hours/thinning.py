"""An even sample out of an uneven one: a client keeps every row with a non-finite value and a share of the others.

Counted as they come, rare NaN would look frequent. Rows that were kept whatever they held are thinned out here to
the share of the others; every row stays where a sender did not sample.
"""

import numpy as np
from numpy.typing import NDArray

from ingest.models import Batch
from monitoring.traffic.sampling_weights import Served


def even_rows(batch: Batch, nonfinite: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.intp]:
    """The rows to count; `nonfinite` says which hold a non-finite or missing value in an input or output, (rows,)."""
    served = Served.by(batch)
    if served.predictions <= batch.rows or not nonfinite.any():
        return np.arange(batch.rows)
    others = served.predictions - served.nonfinite
    share = int((~nonfinite).sum()) / others if others else 1.0
    stays = share * served.nonfinite / int(nonfinite.sum())
    return np.flatnonzero(~nonfinite | (rng.random(len(nonfinite)) < stays))
