"""How far each feature usually deviates in a model's traffic: a running root mean square."""

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.alarms.conformal import Conformal

REMEMBERED = 168  # windows that the rms deviation is a mean of
MOST_LEARNT = 3.0  # times the rms deviation, that one window can count as

Floats = NDArray[np.float64]


def weight_of_one(history: Conformal) -> float:
    """What the last window counts for in a mean over past ones."""
    return 1.0 / min(len(history.past) + 1, REMEMBERED)


def learn(rms: Floats, deviated: Floats, weight: Floats, lowest: float) -> tuple[float, ...]:
    """The rms deviations with one window more; all arrays (features,), `weight` 0 for what is not to be learnt."""
    square = (1 - weight) * rms**2 + weight * np.minimum(deviated, MOST_LEARNT * rms) ** 2
    return tuple(np.maximum(np.sqrt(square), lowest).round(3).tolist())
