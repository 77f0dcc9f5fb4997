"""`application/json` bodies of samples."""

from ingest.batches.batch_fields import read_fields
from ingest.batches.decoded import DecodedBatch
from ingest.formats.json.documents import check_json_size, decode_json_object
from ingest.formats.json.sides import tensors_of
from ingest.limits import BATCH
from nantrace.tensors.tensor import TensorError, Tensors


def decode_json_body(body: bytes) -> DecodedBatch:
    """The tensors and the other fields of a JSON body; raises Refusal naming the field that is wrong."""
    check_json_size(body, "body")
    fields = decode_json_object(body, "body", ("inputs", "outputs"))
    inputs = fields.pop("inputs", None)
    outputs = fields.pop("outputs", None)
    if inputs is None and outputs is None and fields.get("counts") is not None:
        return DecodedBatch(Tensors(), None, read_fields(fields, rows=0))  # nothing was sampled, only counted
    if inputs is None:
        raise TensorError("inputs", "is missing; send a list of rows, or an object of lists by input name")
    rows = tensors_of("inputs", "inputs", inputs, BATCH)
    answers = None if outputs is None else tensors_of("outputs", "outputs", outputs, BATCH)
    return DecodedBatch(rows, answers, read_fields(fields, rows.rows))
