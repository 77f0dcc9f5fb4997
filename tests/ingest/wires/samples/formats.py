"""The formats of `POST /samples`: JSON, npz and Arrow."""

import io
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from ingest.formats.arrow import decode_arrow_body
from ingest.formats.npz import decode_npz_body
from ingest.wires.samples.view import decode_json_body
from nantrace.tensors.tensor import Tensor
from tests.ingest.wires.format import BITS, FIELDS, Format, Sides, Target, both_sides, object_of, of_tokens, sides_of
from tests.ingest.wires.recorded import recorded
from tests.ingest.wires.samples.arrow_streams import column, column_of, stream

HEADER = f"{{{FIELDS}}}"
NUMBERS = np.array([[1.5, np.nan], [-0.0, np.inf], [1e-320, 3.0]])
WORDS = np.array([["Kiel"], ["Köln"], ["Kiel"]])


def send_json(tensors: list[Tensor]) -> Sides:
    body = f'{{{FIELDS}, "inputs": {object_of(tensors)}, "outputs": {object_of(tensors)}}}'
    return both_sides(*decode_json_body(body.encode()))


def send_npz(tensors: list[Tensor]) -> Sides:
    packed = io.BytesIO()
    np.savez(packed, **{name: one.values for one in tensors for name in _array_names(one, tensors)})  # type: ignore[arg-type]
    return both_sides(decode_npz_body(packed.getvalue(), HEADER))


def send_arrow(tensors: list[Tensor]) -> Sides:
    columns = {name: column_of(one) for one in tensors for name in _array_names(one, tensors)}
    return both_sides(decode_arrow_body(stream(columns), None))


def _array_names(tensor: Tensor, tensors: list[Tensor]) -> list[str]:
    return ["inputs", "outputs"] if len(tensors) == 1 else [f"inputs.{tensor.name}", f"outputs.{tensor.name}"]


def _npz(save: Callable[..., None]) -> bytes:
    packed = io.BytesIO()
    save(packed, **{"inputs.x": NUMBERS, "inputs.word": WORDS, "outputs": NUMBERS[:, :1].astype("f2")})
    return packed.getvalue()


def _arrow_bodies() -> list[bytes]:
    both = {"inputs.x": column(NUMBERS), "inputs.word": pa.array(WORDS.ravel().tolist()).dictionary_encode()}
    return [
        stream({"inputs": column(NUMBERS), "outputs": column(NUMBERS[:, :1])}),
        stream(both),
        stream(both, compression="lz4"),
        stream(both, compression="zstd"),
        stream({"inputs": pa.array([[[1, None], [3, 4]], None], pa.list_(pa.list_(pa.int32(), 2), 2))}),
    ]


FORMATS = [
    of_tokens("json", send_json),
    Format("npz", send_npz, BITS, bits=True),
    Format("arrow", send_arrow, BITS, bits=True, nulls="fiubU"),
]
TARGETS = [
    Target(
        "json",
        "/samples",
        {"Content-Type": "application/json"},
        lambda body: sides_of(*decode_json_body(body)),
        [recorded("samples/rows.json"), recorded("samples/columns.json")],
    ),
    Target(
        "npz",
        "/samples",
        {"Content-Type": "application/x-npz", "X-NaNWatch-Batch": HEADER},
        lambda body: sides_of(decode_npz_body(body, HEADER)),
        [_npz(np.savez), _npz(np.savez_compressed)],
    ),
    Target(
        "arrow",
        "/samples",
        {"Content-Type": "application/vnd.apache.arrow.stream", "X-NaNWatch-Batch": HEADER},
        lambda body: sides_of(decode_arrow_body(body, HEADER)),
        _arrow_bodies(),
    ),
]
