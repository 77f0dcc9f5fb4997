"""One rule for all formats: what was sent is what is kept.

Formats that carry bits keep every bit, NaN payloads included. Formats that carry tokens keep NaN, missing values,
infinities, numbers too large for their dtype and texts apart, and every finite number exactly, -0.0 and subnormals
included. Where a format does not say which dtype it carries, the text "NaN" means the number. A cell that is missing
says so whatever its value is kept as.
"""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from nantrace.tensors.tensor import Array, Sent, Tensor
from tests.ingest.wires.collected import FORMATS
from tests.ingest.wires.format import Format

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=3)
NAMES = (["inputs"], ["age", "city"], ["a", "b.c", "Größe"])
each_format = pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.name)


@st.composite
def tensors_for(draw: st.DrawFn, one: Format) -> list[Tensor]:
    rows = draw(st.integers(1, 4))
    return [draw(tensor_for(one, name, rows)) for name in draw(st.sampled_from(NAMES))]


@st.composite
def tensor_for(draw: st.DrawFn, one: Format, name: str, rows: int) -> Tensor:
    dtype = np.dtype(draw(st.sampled_from(one.dtypes)))
    shape = (rows, *draw(arrays_of.array_shapes(min_dims=0, max_dims=3, max_side=3)))
    values, sent = draw(cells(dtype, shape)), np.zeros(shape, np.uint8)
    if dtype.kind in one.nulls and draw(st.booleans()):
        sent[draw(arrays_of.arrays(bool, shape))] = Sent.MISSING
    words = values[sent == Sent.VALUE]
    assume(one.says_dtypes or dtype.kind != "U" or not words.size or not (words == "NaN").all())
    if dtype.kind == "f" and one.overflows and draw(st.booleans()):
        over = draw(arrays_of.arrays(bool, shape))
        sent[over] = Sent.OVERFLOW
        values[over] = np.where(np.signbit(values[over]), -np.inf, np.inf)
    return Tensor(name, values, sent if sent.any() else None)


@st.composite
def cells(draw: st.DrawFn, dtype: np.dtype[np.generic], shape: tuple[int, ...]) -> Array:
    """Any bytes at all as numbers."""
    size = int(np.prod(shape))
    if dtype.kind == "U":
        words = draw(st.lists(TEXTS, min_size=size, max_size=size))
        return np.array(words, dtype).reshape(shape)
    if dtype.kind == "b":
        return draw(arrays_of.arrays(bool, shape))
    data = draw(st.binary(min_size=size * dtype.itemsize, max_size=size * dtype.itemsize))
    return np.frombuffer(data, dtype).reshape(shape).copy()


def check(one: Format, tensors: list[Tensor]) -> None:
    for side, came in zip(("inputs", "outputs"), one.send(tensors), strict=True):
        names = {tensor.name for tensor in tensors}
        nameless = names == {"inputs"} and not one.name.startswith("kserve v2")
        assert set(came.by_name) == ({side} if nameless else names)
        for tensor in tensors:
            check_tensor(one, tensor, came.by_name[side if nameless else tensor.name])


def check_tensor(one: Format, tensor: Tensor, came: Tensor) -> None:
    sent = codes(tensor)
    np.testing.assert_array_equal(codes(came), sent)
    here = sent != Sent.MISSING
    if one.bits:
        assert came.values.dtype.kind == tensor.values.dtype.kind
        if tensor.values.dtype.kind != "U":
            assert came.values.dtype == tensor.values.dtype
    assert same_values(tensor.values[here], came.values[here], bits=one.bits)


def codes(tensor: Tensor) -> Array:
    return np.zeros(tensor.values.shape, np.uint8) if tensor.sent is None else tensor.sent


def same_values(left: Array, right: Array, *, bits: bool) -> bool:
    if left.dtype.kind == "U":
        return bool(left.tolist() == right.tolist())
    if not bits and left.dtype.kind == "f":
        numbers = ~np.isnan(left)
        if (np.isnan(right) == numbers).any():
            return False
        left, right = left[numbers], right[numbers]
    return bool(right.astype(left.dtype).tobytes() == left.tobytes())


@each_format
@settings(deadline=None)
@given(data=st.data())
def test_what_was_sent_is_what_is_kept(one: Format, data: st.DataObject) -> None:
    check(one, data.draw(tensors_for(one)))


@pytest.mark.parametrize(
    ("one", "dtype"),
    [pytest.param(one, name, id=f"{one.name} {name}") for one in FORMATS for name in one.dtypes if "f" in name],
)
def test_the_numbers_that_decoders_lose(one: Format, dtype: str) -> None:
    """NaN of either sign and with a payload, quiet or signalling; infinities; zero below zero; subnormals; extremes."""
    info = np.finfo(dtype)
    special = [np.nan, -np.nan, np.inf, -np.inf, -0.0, 0.0, info.smallest_subnormal, -info.smallest_subnormal]
    special += [info.max, info.min, info.tiny, info.eps, 0.1]
    payloads = np.array([np.nan, np.nan], dtype)
    as_bits = payloads.view(f"<u{payloads.itemsize}")
    as_bits[0] += 1  # a payload
    as_bits[1] ^= 1 << (info.nmant - 1) | 1  # signalling
    values = np.concatenate([np.array(special, dtype), payloads])[:, None]

    check(one, [Tensor("inputs", values)])


@each_format
def test_the_extremes_of_integers(one: Format) -> None:
    for dtype in (name for name in one.dtypes if np.dtype(name).kind in "iu"):
        info = np.iinfo(dtype)
        check(one, [Tensor("inputs", np.array([[info.min, info.max], [0, 1]], dtype))])


@each_format
def test_texts_that_look_like_something_else(one: Format) -> None:
    words = ["null", "", "1e999", "nan ", "\n", '"', "\\", "true", "\U0001d4a9", "b64"]

    check(one, [Tensor("inputs", np.array(words)[:, None])])
