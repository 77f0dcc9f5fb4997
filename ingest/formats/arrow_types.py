"""Types of Arrow columns as frames have them -> the few that tensors are made of.

pandas writes a column without a value as null, lists without their size, and decimals, times and categories as types
of their own. What is untrusted is validated before Arrow casts it, and weighed before it takes memory of ours.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingest.limits import BATCH
from nantrace.tensors.limits import MAX_RANK
from nantrace.tensors.refusals import Malformed, TooLarge
from nantrace.tensors.tensor import TensorError

_TIME_BYTES = 32  # of a time in words, at most
_TAKEN = (
    "numbers, booleans, times, text and bytes, in lists of one length; leave the column out, or send it as one of these"
)


def plain_chunks(name: str, kind: Any, chunks: list[Any]) -> tuple[Any, list[Any]]:
    """The type and the chunks of a column as numbers, booleans, text or bytes, in lists of fixed size.

    Raises TensorError naming the column where that cannot be.
    """
    if isinstance(kind, pa.FixedShapeTensorType):
        if not _is_plain(kind.storage_type.value_type):
            raise _untaken(name, kind)
        return kind, chunks
    try:
        target = _target(name, kind, chunks, 1)
        if target == kind:
            return kind, chunks
        BATCH.check_bytes(name, sum(map(len, chunks)) * _TIME_BYTES)
        for chunk in chunks:
            chunk.validate(full=True)
        return target, [chunk.cast(target, safe=False) for chunk in chunks]
    except pa.ArrowException as error:
        raise Malformed(name, f"cannot be read: {str(error)[:200]}") from None


def is_text(kind: Any) -> bool:
    """Whether it is text, in a dictionary (pandas: categories) or not."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_plain(kind: Any) -> bool:
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    return bool(number or pa.types.is_boolean(kind) or is_text(kind) or kind == pa.binary())


def _target(name: str, kind: Any, chunks: list[Any], axes: int) -> Any:
    if axes > MAX_RANK:
        raise TooLarge(name, f"has more than {MAX_RANK} axes, which is the limit")
    if _is_plain(kind):
        return kind
    if pa.types.is_null(kind) or pa.types.is_decimal(kind):
        return pa.float64()
    if pa.types.is_dictionary(kind):
        return _target(name, kind.value_type, [], axes)
    if pa.types.is_temporal(kind) or kind == pa.string_view():
        return pa.string()
    if pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind) or kind == pa.binary_view():
        return pa.binary()
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        size = kind.list_size if pa.types.is_fixed_size_list(kind) else _length(name, chunks)
        return pa.list_(_target(name, kind.value_type, [chunk.flatten() for chunk in chunks], axes + 1), size)
    raise _untaken(name, kind)


def _length(name: str, chunks: list[Any]) -> int:
    """That of each of the lists; raises TensorError where they differ."""
    found: set[int] = set()
    for chunk in chunks:
        chunk.validate(full=True)
        found |= {length for length in pc.list_value_length(chunk).unique().to_pylist() if length is not None}
    if len(found) > 1:
        lengths = " and ".join(map(str, sorted(found)[:2]))
        raise TensorError(name, f"holds lists of different lengths, such as {lengths}; pad them, or post them apart")
    return found.pop() if found else 0


def _untaken(name: str, kind: Any) -> TensorError:
    return TensorError(name, f"has type {str(kind)[:100]}; the types are {_TAKEN}")
