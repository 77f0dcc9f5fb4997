"""A samples body of any content type -> the rows and the fields of a batch."""

from ingest.api.bodies import JSON_TYPE, check_content_type
from ingest.batches.decoded import DecodedBatch
from ingest.formats.json.body import decode_json_body
from ingest.formats.npz import decode_npz_body

NPZ_TYPE = "application/x-npz"
ARROW_TYPE = "application/vnd.apache.arrow.stream"
CONTENT_TYPES = (JSON_TYPE, NPZ_TYPE, ARROW_TYPE)


def decode_samples(content_type: str, body: bytes, batch_header: str | None) -> DecodedBatch:
    """Raises Refusal naming the field that is wrong; `batch_header` is the X-NaNWatch-Batch header."""
    check_content_type(content_type, CONTENT_TYPES)
    if content_type == JSON_TYPE:
        return decode_json_body(body)
    if content_type == NPZ_TYPE:
        return decode_npz_body(body, batch_header)
    from ingest.formats.arrow import decode_arrow_body  # a web process that meets no Arrow does not load it

    return decode_arrow_body(body, batch_header)
