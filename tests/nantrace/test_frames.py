"""What a child says is bounded before memory is taken for it: it runs a model from outside."""

import json
import socket
import struct
from collections.abc import Iterator

import numpy as np
import pytest

from nantrace.replay.protocol import ANSWER, FrameTooLargeError, HungUpError, receive, send
from nantrace.tensors.tensor import Tensor, Tensors

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(5)
        yield ours, theirs


def frame(header: bytes, rest: bytes = b"") -> bytes:
    body = struct.pack("<I", len(header)) + header + rest
    return struct.pack("<Q", len(body)) + body


def test_a_frame_comes_as_it_was_sent(pair: Pair) -> None:
    rows = Tensors.of(Tensor("x", np.array([[1.0, np.nan]]), np.array([[0, 1]], np.uint8)))
    send(pair[1], {"kept": [0]}, rows)

    header, tensors = receive(pair[0], ANSWER)

    assert header == {"kept": [0]}
    assert np.array_equal(tensors.by_name["x"].values, [[1, np.nan]], equal_nan=True)
    assert tensors.by_name["x"].missing().tolist() == [[False, True]]


def test_a_frame_that_is_announced_too_large_is_not_taken(pair: Pair) -> None:
    pair[1].sendall(struct.pack("<Q", 1 << 50))

    with pytest.raises(FrameTooLargeError) as refused:
        receive(pair[0], ANSWER)

    assert refused.value.size == 1 << 50


def test_a_header_that_is_announced_too_large_is_not_read(pair: Pair) -> None:
    pair[1].sendall(struct.pack("<QI", 4, ANSWER.header + 1))

    with pytest.raises(FrameTooLargeError):
        receive(pair[0], ANSWER)


def test_nothing_is_sent_of_a_frame_beyond_its_limit(pair: Pair) -> None:
    with pytest.raises(FrameTooLargeError):
        send(pair[1], {}, Tensors.of(Tensor("x", np.zeros(ANSWER.frame + 1, np.uint8))), ANSWER)
    send(pair[1], {"too_large": 1})

    assert receive(pair[0], ANSWER)[0] == {"too_large": 1}


@pytest.mark.parametrize(
    "said",
    [
        struct.pack("<Q", 2) + b"xx",
        frame(b"not json"),
        frame(b"[]"),
        frame(b"{}"),
        frame(b"[" * 100_000),
        frame(json.dumps({"arrays": [["x", "<f4", [1 << 60]]]}).encode()),
        frame(json.dumps({"arrays": [["x", "O", [1]]]}).encode(), bytes(8)),
        frame(json.dumps({"arrays": [["x", "<f4", [-1]]]}).encode()),
        frame(json.dumps({"arrays": [["x", "?!", [1]]]}).encode()),
    ],
    ids=["short", "text", "list", "no arrays", "deep", "long array", "objects", "negative", "dtype"],
)
def test_what_is_no_frame_ends_the_conversation(pair: Pair, said: bytes) -> None:
    pair[1].sendall(said)

    with pytest.raises(HungUpError):
        receive(pair[0], ANSWER)
