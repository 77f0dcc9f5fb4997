"""A samples body of any content type -> the tensors and the other fields."""

from collections.abc import Sequence

from ingest.batches.decoded import Posted
from ingest.refusals import UnsupportedType
from ingest.wires.json.json_body import decode_json_body
from ingest.wires.npz.npz_body import decode_npz_body

JSON_TYPE, NPZ_TYPE = "application/json", "application/x-npz"
ARROW_TYPE = "application/vnd.apache.arrow.stream"
CONTENT_TYPES = (JSON_TYPE, NPZ_TYPE, ARROW_TYPE)


def check_content_type(content_type: str | None, among: Sequence[str] = CONTENT_TYPES) -> None:
    """Raises UnsupportedType with the list of types that are read."""
    if content_type not in among:
        shown = (content_type or "missing")[:100]
        raise UnsupportedType("Content-Type", f"is {shown}; the types are {', '.join(among)}")


def decode_samples(content_type: str, body: bytes, batch_header: str | None) -> Posted:
    """Raises Refusal naming the field that is wrong; `batch_header` is the X-NaNWatch-Batch header."""
    check_content_type(content_type)
    if content_type == JSON_TYPE:
        return decode_json_body(body)
    if content_type == NPZ_TYPE:
        return decode_npz_body(body, batch_header)
    from ingest.wires.arrow.arrow_body import decode_arrow_body  # a web process that meets no Arrow does not load it

    return decode_arrow_body(body, batch_header)
