"""`application/x-npz` bodies of samples; the fields that are no tensors stand in a header as JSON."""

import io

from ingest.batches.decoded import Posted
from ingest.limits import BATCH
from ingest.wires.json.json_body import decode_json_object
from ingest.wires.npz.named_arrays import check_array_names, posted_of
from nantrace.tensors.npz import read_npz
from nantrace.tensors.tensor import TensorError

BATCH_HEADER = "X-NaNWatch-Batch"


def decode_npz_body(body: bytes, header: str | None) -> Posted:
    """The tensors of the body and the fields of the header; raises Refusal naming what is wrong."""
    if not header:
        raise TensorError(BATCH_HEADER, 'is missing; send the other fields in it, as {"model": ..., "version": ...}')
    fields = decode_json_object(header.encode("latin-1"), BATCH_HEADER)
    tensors = read_npz(io.BytesIO(body), "body", BATCH)
    ids = tensors.pop("ids", None)  # a header has room for a few hundred only
    if ids is not None and "ids" in fields:
        raise TensorError("ids", f"stands in {BATCH_HEADER} and in the body; send it once")
    if ids is not None:
        fields["ids"] = ids.values.tolist()
    check_array_names(list(tensors))
    return posted_of(tensors, fields)
