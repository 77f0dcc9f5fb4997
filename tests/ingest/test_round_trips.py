"""Every bit that was sent is the bit that is kept."""

import io
import json
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from ingest.formats.npz import decode_npz_body
from ingest.wires.samples.view import decode_json_body
from nantrace.tensors.framing import pack, pack_tensors, unpack, unpack_tensors
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.tensor import Array, Sent, Tensor, Tensors

FIELDS = '{"model": "churn", "version": "7"}'
SHAPES = arrays_of.array_shapes(min_dims=1, max_dims=4, max_side=4)
DTYPES = st.sampled_from(["<f2", "<f4", "<f8", ">f4", ">f8", "i1", "u1", "<i4", "<i8", ">i8", "<u8", "?", "<U3", ">U3"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=3)


@st.composite
def any_array(draw: st.DrawFn) -> Array:
    """Any bytes at all as numbers: NaN payloads, -0.0 and subnormals included."""
    dtype, shape = np.dtype(draw(DTYPES)), draw(SHAPES)
    size = int(np.prod(shape))
    if dtype.kind == "U":
        return np.array(draw(st.lists(TEXTS, min_size=size, max_size=size)), dtype).reshape(shape)
    if dtype.kind == "b":
        return draw(arrays_of.arrays(bool, shape))
    data = draw(st.binary(min_size=size * dtype.itemsize, max_size=size * dtype.itemsize))
    return np.frombuffer(data, dtype).reshape(shape)


def same_bits(left: Array, right: Array) -> bool:
    """Equal in shape, kind and every bit, whatever the byte order."""
    left, right = (one.astype(one.dtype.newbyteorder("="), copy=True) for one in (left, right))
    return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()


def json_of(rows: Any) -> bytes:
    return json.dumps({**json.loads(FIELDS), "inputs": rows}).encode()


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), any_array(), max_size=3))
def test_frames(arrays: dict[str, Array]) -> None:
    header, found = unpack(pack({"kind": "x"}, arrays))

    assert header == {"kind": "x"}
    assert list(found) == list(arrays)
    assert all(same_bits(found[name], arrays[name]) for name in arrays)


@given(any_array(), st.data())
def test_tensors(values: Array, data: st.DataObject) -> None:
    codes = st.sampled_from([int(code) for code in Sent])
    sent = data.draw(st.none() | arrays_of.arrays(np.uint8, values.shape, elements=codes))
    name = data.draw(st.text(st.characters(exclude_categories=["Cs"])))

    groups = unpack_tensors(pack_tensors(inputs=Tensors.of(Tensor(name, values, sent)), outputs=Tensors()))

    (kept,) = groups["inputs"]
    assert list(groups) == ["inputs", "outputs"]
    assert kept.name == name
    assert same_bits(kept.values, values)
    np.testing.assert_array_equal(kept.sent, sent)


@given(any_array())
def test_npz(values: Array) -> None:
    body = io.BytesIO()
    np.savez(body, inputs=values)

    (kept,) = decode_npz_body(body.getvalue(), FIELDS).inputs

    assert same_bits(kept.values, values)


@given(arrays_of.arrays(np.float64, SHAPES, elements=st.floats()))
def test_json_floats(values: Array) -> None:
    (kept,) = decode_json_body(json_of(values.tolist()))[0].inputs

    assert kept.sent is None
    assert kept.values.dtype == np.float64
    np.testing.assert_array_equal(kept.values, values)
    numbers = ~np.isnan(values)
    np.testing.assert_array_equal(np.signbit(kept.values[numbers]), np.signbit(values[numbers]))


@given(arrays_of.arrays(np.int64, SHAPES))
def test_json_integers(values: Array) -> None:
    (kept,) = decode_json_body(json_of(values.tolist()))[0].inputs

    assert same_bits(kept.values, values)


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(["NaN", "Infinity", "-Infinity"]),
    st.text(max_size=4),
)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=4))
def test_json_of_any_cells_is_decoded_or_refused(rows: list[list[Any]]) -> None:
    try:
        (kept,) = decode_json_body(json_of(rows))[0].inputs
    except Refusal:
        return

    missing = np.array([[cell is None for cell in row] for row in rows])
    np.testing.assert_array_equal(kept.missing(), missing)


def npz_of_zeros() -> bytes:
    body = io.BytesIO()
    arrays: dict[str, Any] = {"inputs.a": np.zeros((3, 2)), "inputs.b": np.array(["x", "y", "z"])}
    np.savez_compressed(body, **arrays)
    return body.getvalue()


@given(st.integers(0, len(npz_of_zeros()) - 1), st.integers(1, 255), st.integers(0, 40))
def test_damaged_npz_is_decoded_or_refused(position: int, flip: int, cut: int) -> None:
    body = bytearray(npz_of_zeros())
    body[position] ^= flip

    try:
        decoded = decode_npz_body(bytes(body[: len(body) - cut]), FIELDS)
    except Refusal:
        return
    assert decoded.inputs.rows == 3


@given(st.binary(max_size=200))
def test_garbage_as_json_is_refused(body: bytes) -> None:
    try:
        decode_json_body(body)
    except Refusal:
        return
    raise AssertionError("garbage became a batch")
