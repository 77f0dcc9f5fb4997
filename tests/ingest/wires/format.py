"""What each wire's `formats.py` declares of its formats, and how tensors are written as JSON for them."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.batches.decoded import DecodedBatch
from nantrace.tensors.tensor import Sent, Tensor, Tensors

Sides = tuple[Tensors, Tensors]  # what came out as inputs and as outputs
FIELDS = '"model": "churn", "version": "7"'
BITS = ("<f2", "<f4", "<f8", "i1", "<i2", "<i4", "<i8", "u1", "<u2", "<u4", "<u8", "?", "<U3")


@dataclass(frozen=True)
class Format:
    """`send` takes tensors of one number of rows through the decoder, as inputs and as outputs.

    `bits`: NaN payloads travel; else NaN is a token. `nulls`: the kinds of dtype in which a cell may be missing.
    """

    name: str
    send: Callable[[list[Tensor]], Sides]
    dtypes: tuple[str, ...]
    bits: bool
    nulls: str = ""
    overflows: bool = False
    says_dtypes: bool = True


@dataclass(frozen=True)
class Target:
    """Where bodies of one format go: a decoder, an address of the service with its headers, and sound bodies."""

    name: str
    path: str
    headers: dict[str, str]
    decode: Callable[[bytes], Iterable[Tensors]]
    seeds: list[bytes]


def of_tokens(name: str, send: Callable[[list[Tensor]], Sides]) -> Format:
    """A format of JSON: NaN is a token, and the dtype of a number is not said."""
    dtypes = ("<f8", "<i8", "?", "<U3")
    return Format(name, send, dtypes, bits=False, nulls="fU", overflows=True, says_dtypes=False)


def sides_of(*batches: DecodedBatch) -> list[Tensors]:
    """The inputs, and the outputs where there are any."""
    return [side for batch in batches for side in (batch.inputs, batch.outputs) if side is not None]


def both_sides(batch: DecodedBatch) -> Sides:
    return batch.inputs, batch.outputs or Tensors()


def json_of(tensor: Tensor) -> str:
    """The tensor as nested lists; bare NaN and infinities, null for missing cells, a huge number for overflows."""
    sent = np.zeros(tensor.values.shape, np.uint8) if tensor.sent is None else tensor.sent
    return _nested(tensor.values, sent)


def rows_of(tensor: Tensor) -> list[str]:
    """The JSON of each row."""
    sent = np.zeros(tensor.values.shape, np.uint8) if tensor.sent is None else tensor.sent
    return [_nested(*pair) for pair in zip(tensor.values, sent, strict=True)]


def _nested(values: Any, sent: Any) -> str:
    if not np.ndim(values):
        return _cell(values.item() if isinstance(values, np.generic) else values, int(sent))
    return "[" + ", ".join(_nested(*pair) for pair in zip(values, sent, strict=True)) + "]"


def _cell(value: Any, sent: int) -> str:
    if sent == Sent.MISSING:
        return "null"
    return ("1e999" if value > 0 else "-1e999") if sent == Sent.OVERFLOW else json.dumps(value)


def object_of(tensors: list[Tensor]) -> str:
    """A single tensor without its name, several as an object."""
    if len(tensors) == 1:
        return json_of(tensors[0])
    return "{" + ", ".join(f"{json.dumps(one.name)}: {json_of(one)}" for one in tensors) + "}"


def instances_of(tensors: list[Tensor]) -> list[str]:
    """The JSON of each row, as an object of inputs where there are several."""
    if len(tensors) == 1:
        return rows_of(tensors[0])
    columns = [(json.dumps(one.name), rows_of(one)) for one in tensors]
    return [
        "{" + ", ".join(f"{name}: {rows[row]}" for name, rows in columns) + "}" for row in range(len(columns[0][1]))
    ]
