"""`application/x-npz` bodies of samples."""

import io

from ingest.batches.decoded import DecodedBatch
from ingest.formats.json.documents import decode_json_object
from ingest.formats.named_arrays import BATCH_HEADER, batch_of_arrays, check_array_names
from ingest.limits import BATCH
from nantrace.tensors.npz import read_npz
from nantrace.tensors.tensor import TensorError


def decode_npz_body(body: bytes, header: str | None) -> DecodedBatch:
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
    return batch_of_arrays(tensors, fields)
