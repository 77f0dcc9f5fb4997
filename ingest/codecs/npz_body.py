"""`application/x-npz` bodies of samples; the fields that are no tensors stand in a header as JSON."""

import io

from ingest.codecs.checks import check_name, gathered
from ingest.codecs.json_body import decode_json_object
from ingest.codecs.npz import read_npz
from ingest.codecs.posted import Posted
from ingest.limits import BATCH
from ingest.tensors import Tensor, TensorError, Tensors

BATCH_HEADER = "X-NaNWatch-Batch"


def decode_npz_body(body: bytes, header: str | None) -> Posted:
    """The tensors of the body and the fields of the header; raises Refusal naming what is wrong."""
    if not header:
        raise TensorError(BATCH_HEADER, 'is missing; send the other fields in it, as {"model": ..., "version": ...}')
    fields = decode_json_object(header.encode("latin-1"), BATCH_HEADER)
    tensors = read_npz(io.BytesIO(body), "body", BATCH)
    for name in tensors:
        if name.split(".", 1)[0] not in ("inputs", "outputs"):
            wanted = "`inputs`, `inputs.<name>`, `outputs` or `outputs.<name>`"
            raise TensorError("body", f"holds an array named {name[:100]!r}; the names are {wanted}")
    inputs = _group("inputs", tensors)
    if inputs is None:
        raise TensorError("inputs", "is missing; name the arrays `inputs` or `inputs.<name>`")
    return Posted(inputs, _group("outputs", tensors), fields)


def _group(field: str, tensors: dict[str, Tensor]) -> Tensors | None:
    named = {name.removeprefix(f"{field}."): one for name, one in tensors.items() if name.startswith(f"{field}.")}
    if field in tensors and named:
        raise TensorError(field, f"stands beside {field}.{next(iter(named))}; send one array or named arrays")
    if field in tensors:
        return gathered(field, [tensors[field]], BATCH)
    for name in named:
        check_name(field, name)
    renamed = [Tensor(name, one.values, one.sent) for name, one in named.items()]
    return gathered(field, renamed, BATCH) if renamed else None
