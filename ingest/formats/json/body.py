"""A batch in JSON: each side a list of rows, or an object of such lists by name."""

from typing import Any

from ingest.batches.batch_fields import read_fields
from ingest.batches.decoded import DecodedBatch
from ingest.formats.json.cells import tensor_of
from ingest.formats.json.documents import check_json_size, decode_json_object
from ingest.limits import BATCH
from nantrace.tensors.checks import check_name, gathered
from nantrace.tensors.limits import TableLimits
from nantrace.tensors.tensor import TensorError, Tensors


def decode_json_body(body: bytes) -> DecodedBatch:
    """The tensors and the other fields of an `application/json` body; raises Refusal naming the field that is wrong."""
    check_json_size(body, "body")
    fields = decode_json_object(body, "body", ("inputs", "outputs"))
    sent_inputs, sent_outputs = fields.pop("inputs", None), fields.pop("outputs", None)
    if sent_inputs is None and sent_outputs is None and fields.get("counts") is not None:
        return DecodedBatch(Tensors(), None, read_fields(fields, rows=0))  # nothing was sampled, only counted
    if sent_inputs is None:
        raise TensorError("inputs", "is missing; send a list of rows, or an object of lists by input name")
    inputs = tensors_of("inputs", "inputs", sent_inputs, BATCH)
    outputs = None if sent_outputs is None else tensors_of("outputs", "outputs", sent_outputs, BATCH)
    return DecodedBatch(inputs, outputs, read_fields(fields, inputs.rows))


def tensors_of(side: str, field: str, value: Any, limits: TableLimits) -> Tensors:
    """The tensors of a side; a list alone is a tensor of the name `side`. Raises Refusal naming `field` or a part."""
    if not isinstance(value, dict):
        return gathered(field, [tensor_of(field, side, value, limits)], limits)
    tensors = []
    for name, nested in value.items():
        check_name(field, name)
        tensors.append(tensor_of(f"{field}.{name}", name, nested, limits))
    return gathered(field, tensors, limits)
