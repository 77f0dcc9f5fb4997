"""Text columns of Arrow -> `U` arrays, measured before they are spread out."""

from typing import Any

import numpy as np
import pyarrow as pa

from nantrace.tensors.checks import text_array
from nantrace.tensors.limits import TableLimits
from nantrace.tensors.tensor import Array, TensorError


def texts_of(column: Any, field: str, limits: TableLimits) -> Array:
    """The texts of a dictionary-encoded chunked column, null as ""; raises Refusal.

    A long text repeated in every row costs its bytes once on the wire and many times as an array: the array is
    weighed first.
    """
    column = column.unify_dictionaries().combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0)
    limits.check_texts(field, len(column.dictionary))
    try:
        words = np.array(["", *column.dictionary.cast(pa.string()).to_pylist()], dtype=object)
    except (pa.ArrowInvalid, UnicodeDecodeError):
        raise TensorError(field, "holds bytes that are not UTF-8 text") from None
    words[words == None] = ""  # noqa: E711 - element by element
    texts = text_array(field, words, limits)
    limits.check_bytes(field, len(column) * texts.dtype.itemsize)
    position = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64) + 1
    return np.asarray(texts[position])
