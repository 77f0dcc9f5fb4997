"""Bodies that no serving stack sends: sound ones of every format, damaged in the ways that break parsers."""

import random
import struct

from nantrace.tensors.framing import pack_tensors, unpack_tensors
from nantrace.tensors.refusals import Refusal
from tests.ingest.wires.collected import TARGETS
from tests.ingest.wires.format import Target


def survives(target: Target, body: bytes) -> bool:
    """Whether the decoder took the body; refusals are answers, everything else that is raised is a fault."""
    try:
        for tensors in target.decode(body):
            tensors.nonfinite_rows()
            assert unpack_tensors(pack_tensors(side=tensors))["side"].rows == tensors.rows
    except Refusal as refusal:
        str(refusal).encode()  # what is answered must be text
        return False
    return True


def damaged(one: random.Random, target: Target) -> bytes:
    """A seed after one to three kinds of damage; more would never get past the first check."""
    body = one.choice(target.seeds)
    for _ in range(one.choice([1, 1, 1, 2, 3])):
        body = one.choice(_DAMAGES)(one, body)
    return body[:2_000_000]


def _flip(one: random.Random, body: bytes) -> bytes:
    changed = bytearray(body)
    for _ in range(min(len(changed), one.randint(1, 8))):
        changed[one.randrange(len(changed))] = one.randrange(256)
    return bytes(changed)


def _cut(one: random.Random, body: bytes) -> bytes:
    return body[: one.randrange(len(body) + 1)]


def _drop(one: random.Random, body: bytes) -> bytes:
    start = one.randrange(len(body) + 1)
    return body[:start] + body[start + one.randint(1, 64) :]


def _repeat(one: random.Random, body: bytes) -> bytes:
    start = one.randrange(len(body) + 1)
    return body[:start] + body[start : start + one.randint(1, 200)] * one.choice([2, 3, 50]) + body[start:]


def _insert(one: random.Random, body: bytes) -> bytes:
    start = one.randrange(len(body) + 1)
    return body[:start] + one.choice(_NASTY) + body[start:]


def _replace_token(one: random.Random, body: bytes) -> bytes:
    """A number, a name or a bracket of a JSON text becomes something else."""
    token = one.choice([b"1", b"0", b"null", b"[", b"]", b"{", b"}", b'"', b",", b":", b"NaN", b"data", b"inputs"])
    return body.replace(token, one.choice(_NASTY), one.randint(1, 3))


def _overwrite(one: random.Random, body: bytes) -> bytes:
    """A length or an offset of a binary format becomes an extreme."""
    code = one.choice(["<i", "<q", "<I", "<H"])
    size = struct.calcsize(code)
    if len(body) < size:
        return body
    low, high = {"<i": (-(2**31), 2**31 - 1), "<q": (-(2**63), 2**63 - 1)}.get(code, (0, 2 ** (8 * size) - 1))
    number = one.choice([low, high, 0, 1, 2**15, min(high, 2**30), max(low, -1)])
    at = one.randrange(0, len(body) - size + 1, one.choice([1, 4, 8]))
    return body[:at] + struct.pack(code, number) + body[at + size :]


def _another_format(one: random.Random, body: bytes) -> bytes:
    other = one.choice(one.choice(TARGETS).seeds)
    return other[: one.randrange(len(other) + 1)] + body[one.randrange(len(body) + 1) :]


_NASTY = [
    *(b'NaN Infinity -Infinity -NaN nan 1e999 -1e999 1e-400 null true {} [] "" [[[]]] -0 0x10 01 1_000'.split()),
    b"[" * 3000,
    b"9" * 5000,
    b'{"a":' * 2000,
    b'{"b64": "/w=="}',
    b'{"b64": "YQ=="}',
    b'"\\ud800"',
    b'"\\u0000"',
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\r\n",
    b'"inputs": [[1]], "inputs": [[1]]',
    b'"shape": [1099511627776, 1099511627776]',
    b'"parameters": {"binary_data_size": 1125899906842624}',
    b'"datatype": "BYTES"',
    b"\xff\xff\xff\xff\0\0\0\0",
    b"PK\x03\x04",
    b"\x93NUMPY\x01\x00",
]
_DAMAGES = [_flip, _cut, _drop, _repeat, _insert, _replace_token, _overwrite, _another_format]
