"""The fast decoder says what the slow one says, or nothing."""

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.formats.json.cells import tensors_of
from ingest.formats.json.documents import decode_json
from ingest.formats.json.fast import decode_certain
from ingest.limits import BATCH
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.tensor import Tensors

SIDES = ("inputs", "outputs")
TOKENS = ["NaN", "Infinity", "-Infinity"]
CELLS = st.one_of(
    st.sampled_from([*TOKENS, *(f'"{token}"' for token in TOKENS), "null", "true", "1e999", "-0", "-0.0", '"1.5"']),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-(10**25), 10**25).map(str),
    st.sampled_from(["9e9", "9000000000", "-9e9"]),  # what stands in for NaN
    st.sampled_from(['"x"', '"aNaN"', '"NaN, NaN"', '"a:b"', '"\\u004eaN"', '""', '"nan"', "{}", "[1]"]),
)
ROWS = st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=3)
OTHERS = st.sampled_from(
    [
        '"model": "m"',
        '"model": NaN',
        '"model": NaN ',
        '"model": "m, NaN, 9e9"',
        '"version": "NaN"',
        '"ids": ["a", NaN]',
        '"environment": {"x": Infinity}',
        "NaN: 1",
    ]
)


def listed(rows: list[list[str]]) -> str:
    return "[" + ", ".join("[" + ", ".join(row) + "]" for row in rows) + "]"


FIELDS = st.one_of(
    OTHERS,
    st.tuples(st.sampled_from(SIDES), ROWS).map(lambda side: f'"{side[0]}": {listed(side[1])}'),
    st.tuples(st.sampled_from(SIDES), ROWS).map(lambda side: f'"{side[0]}": {{"a": {listed(side[1])}}}'),
)
BODIES = st.lists(FIELDS, min_size=1, max_size=3).map(lambda fields: "{" + ", ".join(fields) + "}")
PIECES = ['"', "NaN", "9e9", "Infinity", "-", "[", "]", "{", "}", ",", ":", "\\", "\0", "1", ".", "e", " ", "é"]


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A body with a few characters taken out or pieces put in."""
    text = draw(BODIES)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from([*PIECES, ""])) + text[at + draw(st.integers(0, 2)) :]
    return text


@given(st.one_of(BODIES, damaged()))
@example('{"inputs": [["a"NaN"b"]]}')
@example('{"inputs": [[1]], "inputs": [[2]]}')
@example('{"inputs": {NaN: [1]}}')
@example('{"inputs": {"a": NaN}}')
@example('{"inputs": [["NaN"NaN, ""NaN""]]}')
@example('{"inputs": [[-NaN, 9e9]]}')
@example('{"inputs": [[1NaN, 9e9, NaN]]}')
@example('{"inputs": [[9e9]], "model": " NaN "}')
@example('{"inputs": [[9e9]], "version": NaN }')
@example('{"inputs": {", NaN, ": [9e9]}}')
@example('{"inputs": {"a": NaN , "b": [9e9]}}')
@example('{"inputs": [[NaN, 9e9, null]]}')
@example('{"inputs": [9e9], "outputs": ["NaN ", NaN]}')
@example('{"inputs": [[NaN, null]], "outputs": [[9e9]]}')
@example('{"inputs": [[NaN, null]], "outputs": [[9000000000]]}')
@example('{"inputs": {"a": [[NaN, 18446744073709551616]], "b": [[9e9]]}}')
def test_what_it_decodes_is_what_the_slow_decoder_decodes(text: str) -> None:
    certain = decode_certain(text.encode(), SIDES)

    if certain is not None:
        slow = decode_json(text.encode(), "body")
        assert [read(side, certain[side]) for side in SIDES if side in certain] == [
            read(side, slow[side]) for side in SIDES if side in slow
        ]
        assert {name: certain[name] for name in certain if name not in SIDES} == {
            name: slow[name] for name in slow if name not in SIDES
        }


def read(side: str, value: Any) -> Any:
    """Bits and codes of every tensor, or the refusal."""
    try:
        tensors: Tensors = tensors_of(side, side, value, BATCH)
    except Refusal as refusal:
        return str(refusal)
    return [
        (
            tensor.name,
            tensor.values.dtype,
            tensor.values.tobytes(),
            None if tensor.sent is None else tensor.sent.tolist(),
        )
        for tensor in tensors
    ]


@pytest.mark.parametrize("cell", ["NaN", "Infinity", "-Infinity", '"NaN"', '"-Infinity"', "null", "1.5", "7", "true"])
def test_it_is_certain_of_plain_bodies(cell: str) -> None:
    text = f'{{"model": "m", "version": "1", "inputs": [[{cell}, 1.5]], "observed_at": "2026-01-02T03:04:05Z"}}'

    assert decode_certain(text.encode(), SIDES) is not None


def test_tokens_of_a_large_body_keep_their_places() -> None:
    rows = np.random.default_rng(0).normal(size=(200, 30))
    rows.ravel()[::7], rows.ravel()[::11] = np.nan, -np.inf
    text = (
        '{"inputs": '
        + listed(
            [
                [TOKENS[0] if np.isnan(v) else "-Infinity" if v == -np.inf else repr(v) for v in row]
                for row in rows.tolist()
            ]
        )
        + "}"
    )
    certain = decode_certain(text.encode(), SIDES)

    assert certain is not None
    (tensor,) = tensors_of("inputs", "inputs", certain["inputs"], BATCH)
    np.testing.assert_array_equal(tensor.values, rows)
    assert tensor.sent is None
