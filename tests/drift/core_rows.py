"""Rows for the tests of the numeric core: ordinary ones, and whatever bits a float can have."""

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from numpy.typing import NDArray

from nantrace.drift.profile import Profile, take_profile
from nantrace.drift.statistics import TensorStatistics, measure
from nantrace.drift.window import Window
from nantrace.tensors.tensor import Sent, Tensor, Tensors

Array = NDArray[Any]

FEATURES = 2
FLOATS = st.sampled_from([np.float32, np.float64])
NASTY = [0.0, -0.0, 1.0, 1.0 + 2**-23, 1.0 + 2**-52, 5e-324, 1e-45, -1e-310, 1e30, -1e30, np.inf, -np.inf, np.nan]


def named(*columns: Any, sent: Array | None = None) -> Tensors:
    """One tensor of these columns."""
    return Tensors.of(Tensor("inputs", np.column_stack(columns), sent))


def compared(reference: Any, current: Any) -> TensorStatistics:
    """The statistics of the only tensor, columns against columns."""
    profile = take_profile(named(reference))
    return measure(profile, profile.count(named(current)))[0]


@st.composite
def rows(draw: st.DrawFn, max_rows: int = 40) -> Array:
    """Any floats of shape (rows, 2), close neighbours and repeated values among them."""
    dtype = draw(FLOATS)
    shape = (draw(st.integers(0, max_rows)), FEATURES)
    with np.errstate(over="ignore"):
        some = np.array(NASTY, np.float64).astype(dtype)
    numbers = (
        st.floats(width=32 if dtype is np.float32 else 64)
        | st.sampled_from(some.tolist())
        | st.integers(-5, 5).map(float)
    )
    array: Array = draw(arrays_of.arrays(dtype, shape, elements=numbers))
    return array


@st.composite
def tensors(draw: st.DrawFn) -> Tensors:
    """Such rows, with some cells missing, overflowed, or texts among numbers."""
    values = draw(rows())
    codes = st.sampled_from([int(code) for code in Sent if code != Sent.BYTES])  # which stand in columns of texts only
    sent = draw(st.none() | arrays_of.arrays(np.uint8, values.shape, elements=codes))
    if sent is not None:
        values = np.where(np.isin(sent, (Sent.MISSING, Sent.TEXT)), np.nan, values)
        values = np.where(sent == Sent.OVERFLOW, np.inf, values)
    return Tensors.of(Tensor("inputs", values.astype(values.dtype), sent))


@st.composite
def counted(draw: st.DrawFn, windows: int) -> tuple[Profile, list[Window]]:
    """A profile and some windows of it."""
    profile = take_profile(draw(tensors()))
    return profile, [profile.count(draw(tensors())) for _ in range(windows)]
