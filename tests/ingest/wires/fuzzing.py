"""Bodies that no serving stack sends: sound ones of every format, damaged in the ways that break parsers."""

import io
import random
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from ingest.batches.decoded import Posted
from ingest.wires.arrow.arrow_body import decode_arrow_body
from ingest.wires.json.json_body import decode_json_body, decode_json_object
from ingest.wires.kserve.event import decode_half, read_event
from ingest.wires.npz.npz_body import decode_npz_body
from ingest.wires.tensorflow_serving.body import decode_tensorflow_serving_body
from ingest.wires.vertex_ai.batches import batches_of
from ingest.wires.vertex_ai.rows import decode_calls, decode_push
from nantrace.tensors.framing import pack_tensors, unpack_tensors
from nantrace.tensors.refusals import Refusal
from nantrace.tensors.tensor import Tensors
from tests.ingest.wires.arrow_streams import column, stream
from tests.ingest.wires.formats import FIELDS
from tests.ingest.wires.recorded import headers_of, recorded

HEADER = f"{{{FIELDS}}}"
NUMBERS = np.array([[1.5, np.nan], [-0.0, np.inf], [1e-320, 3.0]])
WORDS = np.array([["Kiel"], ["Köln"], ["Kiel"]])


@dataclass(frozen=True)
class Target:
    """Where bodies of one format go: a codec, and an address of the service with its headers."""

    name: str
    path: str
    headers: dict[str, str]
    decode: Callable[[bytes], Iterable[Tensors]]
    seeds: list[bytes] = field(default_factory=list)


def survives(target: Target, body: bytes) -> bool:
    """Whether the codec took the body; refusals are answers, everything else that is raised is a fault."""
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


def _sides(posted: Posted) -> list[Tensors]:
    return [posted.inputs] if posted.outputs is None else [posted.inputs, posted.outputs]


def _calls(lines: bytes) -> Iterable[Tensors]:
    for posted in batches_of(decode_calls(lines), "churn", "7"):
        yield from _sides(posted)


def _pushed(body: bytes) -> Iterable[Tensors]:
    message = decode_push(decode_json_object(body, "body"))
    return _calls(body if message is None else message.data)


def _events(kind: str) -> list[Target]:
    targets = []
    for name in (f"v1_{kind}.json", f"v2_{kind}.json", f"v2_binary_{kind}.bin"):
        headers = headers_of(f"kserve/{name}") | {"Ce-Metadata": "{}"}
        event = read_event({name.lower(): value for name, value in headers.items()})

        def decode(body: bytes, event: Any = event) -> Iterable[Tensors]:
            half = decode_half(event, body)
            return [] if half is None else [half]

        path = "/samples/kserve?version=7"
        targets.append(Target(f"kserve {name}", path, headers, decode, [recorded(f"kserve/{name}")]))
    return targets


def _targets() -> list[Target]:
    json, npz, arrow = "application/json", "application/x-npz", "application/vnd.apache.arrow.stream"
    call = f"{{{FIELDS}, ".encode() + b'"request": '
    both = {"inputs.x": column(NUMBERS), "inputs.word": pa.array(WORDS.ravel().tolist()).dictionary_encode()}
    calls = [
        call
        + recorded(f"tensorflow-serving/{kind}_request.json")
        + b', "response": '
        + recorded(f"tensorflow-serving/{kind}_response.json")
        + b"}"
        for kind in ("row", "column")
    ]
    return [
        Target(
            "json",
            "/samples",
            {"Content-Type": json},
            lambda body: _sides(decode_json_body(body)),
            [
                f'{{{FIELDS}, "inputs": [[1.5, NaN, null], [2, "Infinity", 1e999]], "outputs": [0.5, null]}}'.encode(),
                f'{{{FIELDS}, "inputs": {{"age": [1, 2], "city": ["Kiel", null]}}}}'.encode(),
            ],
        ),
        Target(
            "npz",
            "/samples",
            {"Content-Type": npz, "X-NaNWatch-Batch": HEADER},
            lambda body: _sides(decode_npz_body(body, HEADER)),
            [_npz(np.savez), _npz(np.savez_compressed)],
        ),
        Target(
            "arrow",
            "/samples",
            {"Content-Type": arrow, "X-NaNWatch-Batch": HEADER},
            lambda body: _sides(decode_arrow_body(body, HEADER)),
            [
                stream({"inputs": column(NUMBERS), "outputs": column(NUMBERS[:, :1])}),
                stream(both),
                stream(both, compression="lz4"),
                stream(both, compression="zstd"),
                stream({"inputs": pa.array([[[1, None], [3, 4]], None], pa.list_(pa.list_(pa.int32(), 2), 2))}),
            ],
        ),
        Target(
            "tensorflow-serving",
            "/samples/tensorflow-serving",
            {"Content-Type": json},
            lambda body: _sides(decode_tensorflow_serving_body(body)),
            calls,
        ),
        *_events("request"),
        *_events("response"),
        Target(
            "vertex-ai rows",
            "/samples/vertex-ai?model=churn&version=7",
            {"Content-Type": "application/x-ndjson"},
            _calls,
            [recorded("vertex-ai/rows.ndjson")],
        ),
        Target(
            "vertex-ai push",
            "/samples/vertex-ai?model=churn&version=7",
            {"Content-Type": json},
            _pushed,
            [recorded("vertex-ai/push.json")],
        ),
    ]


def _npz(save: Callable[..., None]) -> bytes:
    packed = io.BytesIO()
    save(packed, **{"inputs.x": NUMBERS, "inputs.word": WORDS, "outputs": NUMBERS[:, :1].astype("f2")})
    return packed.getvalue()


TARGETS = _targets()
