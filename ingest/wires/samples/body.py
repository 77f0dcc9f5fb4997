"""A samples body of any content type -> the rows and the fields of a batch."""

from ingest.api.bodies import JSON_TYPE, check_content_type
from ingest.batches.decoded import DecodedBatch, read_fields
from ingest.batches.sides import batches_of_call
from ingest.formats.json.documents import check_json_size, decode_json_object
from ingest.formats.json.predict import plain_texts, side_of
from ingest.formats.npz import decode_npz_body
from nantrace.tensors.tensor import TensorError, Tensors

NPZ_TYPE = "application/x-npz"
ARROW_TYPE = "application/vnd.apache.arrow.stream"
CONTENT_TYPES = (JSON_TYPE, NPZ_TYPE, ARROW_TYPE)


def decode_samples(content_type: str, body: bytes, batch_header: str | None) -> list[DecodedBatch]:
    """A batch for each shape of rows; raises Refusal naming the field that is wrong.

    `batch_header` is the X-NaNWatch-Batch header.
    """
    check_content_type(content_type, CONTENT_TYPES)
    if content_type == JSON_TYPE:
        return decode_json_body(body)
    if content_type == NPZ_TYPE:
        return [decode_npz_body(body, batch_header)]
    from ingest.formats.arrow import decode_arrow_body  # a web process that meets no Arrow does not load it

    return [decode_arrow_body(body, batch_header)]


def decode_json_body(body: bytes) -> list[DecodedBatch]:
    """The rows and the other fields of an `application/json` body; raises Refusal naming the field that is wrong."""
    check_json_size(body, "body")
    fields = decode_json_object(body, "body", ("inputs", "outputs"))
    sent_inputs, sent_outputs = fields.pop("inputs", None), fields.pop("outputs", None)
    if sent_inputs is None and sent_outputs is None and fields.get("counts") is not None:
        return [DecodedBatch(Tensors(), None, read_fields(fields, rows=0))]  # nothing was sampled, only counted
    if sent_inputs is None:
        raise TensorError("inputs", "is missing; send a list of rows, or an object of lists by input name")
    if b"b64" in body:
        sent_inputs, sent_outputs = plain_texts(sent_inputs), plain_texts(sent_outputs)
    inputs = side_of("inputs", "inputs", sent_inputs)
    outputs = None if sent_outputs is None else side_of("outputs", "outputs", sent_outputs)
    return batches_of_call(inputs, outputs, read_fields(fields, inputs.rows))
