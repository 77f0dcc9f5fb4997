"""Profiles and windows come back from their bytes as they were, and from no other bytes."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nantrace.drift.compressed_frames import FrameError
from nantrace.drift.profile import Profile, take_profile
from nantrace.drift.window import Window
from tests.drift.core_rows import Array, counted, named


@given(counted(windows=1))
def test_round_trip(made: tuple[Profile, list[Window]]) -> None:
    profile, (window,) = made

    again = Window.from_bytes(window.to_bytes())

    assert (again.identity, again.rows) == (profile.identity, window.rows)
    for name, array in window.tensors[0].arrays().items():
        assert same(again.tensors[0].arrays()[name], array), name
    assert again.to_bytes() == window.to_bytes()


@given(counted(windows=0))
def test_profile_round_trip(made: tuple[Profile, list[Window]]) -> None:
    profile, _ = made

    again = Profile.from_bytes(profile.to_bytes())

    assert again.identity == profile.identity
    assert again.rows == profile.rows
    for name, array in profile.tensors[0].arrays().items():
        assert same(again.tensors[0].arrays()[name], array), name
    for one in fields(profile.tensors[0].moments):
        assert same(getattr(again.tensors[0].moments, one.name), getattr(profile.tensors[0].moments, one.name))


@given(st.binary(max_size=60))
def test_any_bytes(data: bytes) -> None:
    for wrong in (data, b"drift window 1\n" + data):
        with pytest.raises(FrameError):
            Window.from_bytes(wrong)


def test_what_is_wrong_is_said() -> None:
    profile = take_profile(named(np.arange(30.0)))
    window = profile.empty_window().to_bytes()

    for wrong, message in (
        (profile.to_bytes(), "expected 'drift window' in format version 1"),
        (window.replace(b"window 1", b"window 2"), "begin with b'drift window 2'"),
        (window[:-3], "is cut short"),
        (window + b"\0", "too long"),
        (window[:30] + bytes([window[30] ^ 255]) + window[31:], "damaged"),
    ):
        with pytest.raises(FrameError, match=message):
            Window.from_bytes(wrong)


@pytest.mark.parametrize(("dtype", "shift"), [(np.float32, 0.0), (np.float64, 0.5), (np.float32, 1000.0)])
def test_200_bytes_for_a_feature(dtype: type, shift: float) -> None:
    rng = np.random.default_rng(9)
    profile = take_profile(named(rng.normal(size=(20_000, 25)).astype(dtype)))

    window = profile.count(named((rng.normal(size=(300_000, 25)) + shift).astype(dtype)))

    assert len(window.to_bytes()) <= 200 * 25


def same(left: Array, right: Array) -> bool:
    """Equal in dtype, shape and every bit."""
    return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()
