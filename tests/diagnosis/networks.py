"""Networks of the tests, and rows like those of their training."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.diagnosis.network import Network

Array = NDArray[Any]


def normal(rows: int, features: int = 3, seed: int = 1) -> Array:
    """Standardised training rows."""
    return np.random.default_rng(seed).normal(size=(rows, features)).clip(-3, 3)


def inside(rows: int, features: int = 3) -> Array:
    """Healthy rows, well within the range of `normal`."""
    return normal(rows, features, seed=2).clip(-1.5, 1.5)


def mixing(features: int, units: int) -> Array:
    """A kernel through which every feature reaches every unit."""
    return np.random.default_rng(3).uniform(0.1, 0.5, size=(features, units))


def perceptron(features: int = 3) -> Network:
    """Dense(10, relu) -> Dense(1): its fused relu hides NaN."""
    network = Network.of_features(features)
    hidden = network.dense("hidden", "inputs", mixing(features, 10), "Relu")
    network.dense("out", hidden, mixing(10, 1))
    return network


def linear(features: int = 3) -> Network:
    """Dense(1): nothing hides anything."""
    network = Network.of_features(features)
    network.dense("out", "inputs", mixing(features, 1))
    return network
