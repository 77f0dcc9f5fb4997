"""Rows for the tests of the alarms: independent ones, and ones that come in clusters as real traffic does."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nantrace.drift.profile import Profile, take_profile
from nantrace.drift.window import Window
from nantrace.tensors.tensor import Tensor, Tensors

Rows = NDArray[Any]


def tensors(rows: Rows) -> Tensors:
    return Tensors.of(Tensor("inputs", rows))


def profile_of(rows: Rows) -> Profile:
    return take_profile(tensors(rows))


def window_of(profile: Profile, rows: Rows) -> Window:
    return profile.count(tensors(rows))


def independent(seed: int, rows: int, features: int = 5) -> Rows:
    return np.random.default_rng(seed).normal(size=(rows, features))


def clustered(seed: int, rows: int, features: int = 5, length: int = 50) -> Rows:
    """Stretches of `length` rows share four fifths of their variance: a window of one is narrow and far away."""
    random = np.random.default_rng(seed)
    shared = np.repeat(random.normal(size=(rows // length + 1, features)), length, axis=0)[:rows]
    return np.asarray(np.sqrt(0.8) * shared + np.sqrt(0.2) * random.normal(size=(rows, features)))
