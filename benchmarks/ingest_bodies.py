"""The requests that `benchmarks.ingest` sends: complete HTTP/1.1 requests as bytes, made once."""

import io
import json

import numpy as np
import pyarrow as pa

ROWS, FEATURES = 1000, 30
NAN_SHARE = 0.01
MODEL, VERSION = "throughput", "1"
HEADER = json.dumps({"model": MODEL, "version": VERSION})


def rows_of(count: int, nan_share: float, seed: int = 0) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """Standard normal rows (count, FEATURES) with NaN in that share of the cells."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count, FEATURES))
    rows[rng.random(rows.shape) < nan_share] = np.nan
    return rows


def json_body(count: int, nan_share: float) -> bytes:
    """As `json.dumps` writes it: 17 significant digits, bare NaN tokens."""
    rows = rows_of(count, nan_share).tolist()
    return json.dumps({"model": MODEL, "version": VERSION, "inputs": rows}).encode()


def npz_body(count: int, dtype: str) -> bytes:
    packed = io.BytesIO()
    np.savez(packed, inputs=rows_of(count, NAN_SHARE).astype(dtype))
    return packed.getvalue()


def arrow_body(count: int, dtype: str) -> bytes:
    """One record batch, its column `inputs` a fixed-size list of FEATURES numbers a row."""
    flat = pa.array(rows_of(count, NAN_SHARE).astype(dtype).ravel())
    column = pa.FixedSizeListArray.from_arrays(flat, FEATURES)
    batch = pa.record_batch([column], names=["inputs"])
    packed = io.BytesIO()
    with pa.ipc.new_stream(packed, batch.schema) as stream:
        stream.write_batch(batch)
    return packed.getvalue()


def request(body: bytes, content_type: str, api_key: str) -> bytes:
    """A POST on a kept connection; every field that the service asks for."""
    head = [
        "POST /api/v1/samples HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {api_key}",
        f"Content-Type: {content_type}",
        f"X-NaNWatch-Batch: {HEADER}",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body
