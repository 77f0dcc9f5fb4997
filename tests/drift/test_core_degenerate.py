"""Whatever comes is answered, without a warning and without a NaN."""

from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np
import pytest

from nantrace.drift.profile import Profile, take_profile
from nantrace.drift.statistics import measure
from nantrace.drift.window import Window
from nantrace.tensors.tensor import Tensor, Tensors

RNG = np.random.default_rng(2)
MAX = np.finfo(np.float64).max
ARRAYS: dict[str, Any] = {
    "nothing but NaN": np.full((50, 2), np.nan),
    "nothing but infinities": np.where(RNG.random((50, 2)) < 0.5, np.inf, -np.inf),
    "constant": np.full((50, 2), 3.25),
    "constant zero": np.zeros((50, 2), np.float32),
    "constant largest": np.full((50, 2), MAX),
    "smallest and largest": np.array([[-MAX, MAX], [MAX, -MAX], [0, 5e-324]]),
    "one row": np.array([[1.5, -2.5]]),
    "no rows": np.zeros((0, 2)),
    "float16": RNG.normal(size=(50, 2)).astype(np.float16),
    "big-endian": RNG.normal(size=(50, 2)).astype(">f8"),
    "bytes": RNG.integers(0, 256, (50, 2)).astype(np.uint8),
    "integers beyond 2**53": RNG.integers(2**62, 2**63 - 1, (50, 2)),
    "unsigned": np.full((50, 2), 2**64 - 1, np.uint64),
    "signalling NaN": np.array([[0x7F800001, 0x3F800000], [0x40000000, 0xFF800001]] * 25, np.uint32).view(np.float32),
    "signalling NaN in float64": np.array([[0x7FF0000000000001, 1]] * 50, np.uint64).view(np.float64),
    "flags": RNG.random((50, 2)) < 0.1,
    "texts": np.array([["a", ""], ["ä", "nan"]] * 25),
    "ids": np.array([[f"user-{i}", f"{i}"] for i in range(200)]),
    "normal": RNG.normal(size=(500, 2)),
}


@cache
def profile_of(name: str) -> Profile:
    return take_profile(Tensors.of(Tensor("inputs", ARRAYS[name])))


@pytest.mark.parametrize("current", ARRAYS)
@pytest.mark.parametrize("reference", ARRAYS)
def test_everything_against_everything(reference: str, current: str) -> None:
    profile = profile_of(reference)
    window = profile.count(Tensors.of(Tensor("inputs", ARRAYS[current])))

    assert_sound(profile, window)


@pytest.mark.parametrize("shape", [(0,), (7,), (3, 0), (3, 1), (2, 5, 3), (2, 9, 9, 3), (0, 4, 4, 2)])
def test_every_shape(shape: tuple[int, ...]) -> None:
    rows = Tensors.of(Tensor("inputs", RNG.normal(size=shape)))
    profile = take_profile(rows, rows)

    assert_sound(profile, profile.count(rows, rows))


def test_a_thousand_features() -> None:
    """Ten thousand go through the command (`tests/drift_command`)."""
    profile = take_profile(Tensors.of(Tensor("inputs", RNG.normal(size=(60, 1000)).astype(np.float32))))
    window = profile.count(Tensors.of(Tensor("inputs", RNG.normal(size=(10, 1000)).astype(np.float32))))

    assert profile.tensors[0].features == 1000
    assert_sound(profile, window)


def test_no_tensors() -> None:
    profile = take_profile(Tensors())

    assert_sound(profile, profile.count(Tensors()))


def assert_sound(profile: Profile, window: Window) -> None:
    """Both come back from their bytes, and no statistic is NaN or infinite."""
    again = Profile.from_bytes(profile.to_bytes())
    for found in measure(again, Window.from_bytes(window.to_bytes())):
        for name, values in found.items():
            assert np.isfinite(values).all(), name
    for layout in again.tensors:
        assert not any(np.isnan(getattr(layout.moments, one.name)).any() for one in fields(layout.moments))
