"""`application/x-npz` bodies of samples, and the rules of named arrays, which Arrow columns follow too.

Arrays are named `inputs` or `inputs.<name>`, `outputs` or `outputs.<name>`. Where none has a name of the inputs, as in
a frame, all but those of the outputs are inputs, or columns of them, by their own names. The fields that are no tensors
come as JSON in a header of the request; its `base64` names the arrays of text that hold bytes so.
"""

import io
from base64 import b64decode
from collections.abc import Iterable, Mapping
from typing import Any

from ingest.batches.decoded import DecodedBatch, read_fields
from ingest.formats.json.documents import decode_json_object
from ingest.limits import BATCH
from nantrace.tensors.checks import check_name, gathered, text_or_bytes
from nantrace.tensors.numpy_files import read_npz
from nantrace.tensors.tensor import Tensor, TensorError, Tensors

BATCH_HEADER = "X-NaNWatch-Batch"


def decode_npz_body(body: bytes, header: str | None) -> DecodedBatch:
    """The tensors of the body and the fields of the header; raises Refusal naming what is wrong."""
    if not header:
        raise TensorError(BATCH_HEADER, 'is missing; send the other fields in it, as {"model": ..., "version": ...}')
    fields = decode_json_object(header.encode("latin-1"), BATCH_HEADER)
    tensors = read_npz(io.BytesIO(body), "body", BATCH)
    tensors |= _as_bytes(fields.pop("base64", None), tensors)
    ids = tensors.pop("ids", None)  # a header has room for a few hundred only
    if ids is not None and "ids" in fields:
        raise TensorError("ids", f"stands in {BATCH_HEADER} and in the body; send it once")
    if ids is not None:
        fields["ids"] = ids.values.tolist()
    return batch_of_arrays(tensors, fields)


def _as_bytes(given: Any, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Those arrays whose texts are bytes as base64; numpy's own bytes would lose what is NUL at the end."""
    if given is None:
        return {}
    if not isinstance(given, list) or not all(isinstance(name, str) and name in tensors for name in given):
        raise TensorError("base64", f"takes a list of arrays in the body, as {list(tensors)[:5]}")
    return {name: _decoded(tensors[name]) for name in given}


def _decoded(tensor: Tensor) -> Tensor:
    if tensor.values.dtype.kind != "U":
        raise TensorError(tensor.name, "holds numbers, and is named in `base64`; name arrays of text only")
    try:
        cells = [b64decode(text, validate=True) for text in tensor.values.ravel().tolist()]
    except ValueError:
        raise TensorError(tensor.name, "holds a text that is not base64, and is named in `base64`") from None
    values, sent = text_or_bytes(tensor.name, cells, BATCH)
    shape = tensor.values.shape
    return Tensor(tensor.name, values.reshape(shape), None if sent is None else sent.reshape(shape))


def side_names(names: Iterable[str]) -> dict[str, str]:
    """Each name as `inputs...` or `outputs...`; raises TensorError when an array belongs to neither side."""
    sides = {name: name.split(".", 1)[0] for name in names}
    if "inputs" not in sides.values():
        return {name: name if side == "outputs" else f"inputs.{name}" for name, side in sides.items()}
    for name, side in sides.items():
        if side not in ("inputs", "outputs"):
            wanted = "`inputs`, `inputs.<name>`, `outputs` or `outputs.<name>`"
            raise TensorError("body", f"holds an array named {name[:100]!r}; next to others the names are {wanted}")
    return {name: name for name in sides}


def batch_of_arrays(tensors: Mapping[str, Tensor], fields: Mapping[str, Any]) -> DecodedBatch:
    """The arrays by side, and the fields; raises Refusal naming a field, or a side of one array and named ones."""
    names = side_names(tensors)
    tensors = {names[name]: tensor for name, tensor in tensors.items()}
    inputs = _side("inputs", tensors)
    if inputs is None:
        raise TensorError("inputs", "is missing; name the arrays `inputs` or `inputs.<name>`")
    return DecodedBatch(inputs, _side("outputs", tensors), read_fields(fields, inputs.rows))


def _side(field: str, tensors: Mapping[str, Tensor]) -> Tensors | None:
    named = {name.removeprefix(f"{field}."): one for name, one in tensors.items() if name.startswith(f"{field}.")}
    if field in tensors and named:
        raise TensorError(field, f"comes with {field}.{next(iter(named))}; send one array or named arrays")
    if field in tensors:
        return gathered(field, [tensors[field]], BATCH)
    for name in named:
        check_name(field, name)
    renamed = [Tensor(name, one.values, one.sent) for name, one in named.items()]
    return gathered(field, renamed, BATCH) if renamed else None
