"""A batch on the wire: an npz of the rows, the other fields in a header, all of it compressed."""

import io
import json
import uuid
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nanwatch_client.configuration import BeforeSend, Configuration, Sample
from nanwatch_client.recorder import Taken
from nanwatch_client.records import columns_of
from nanwatch_client.redaction import redacted
from nanwatch_client.rows import clean_id, failing_rows

Array = NDArray[Any]

NPZ_TYPE, JSON_TYPE = "application/x-npz", "application/json"
_GZIP = 16 + zlib.MAX_WBITS
MOST_NAMES = 20  # of redacted features; a web server takes 8 KB of header
_QUICKLY = 1  # numbers hardly shrink further at a higher level


class WithheldError(Exception):
    """`before_send` said no, or failed: nothing of the rows leaves the process."""


@dataclass(frozen=True)
class Parcel:
    """A post that may be repeated: the same bytes and the same idempotency key each time."""

    body: bytes
    headers: Mapping[str, str]


def pack(taken: Taken, configuration: Configuration, environment: Mapping[str, Any], until: float) -> Parcel:
    """Raises WithheldError; `environment` is that of the process and the model."""
    if not taken.blocks:
        return _parcel(json.dumps(_fields(taken, {}, 0, 0, until)).encode(), {"Content-Type": JSON_TYPE})
    arrays = redacted(_arrays(taken), configuration.redact)
    sample = _sample(taken, arrays, {**environment, **_of_rows(taken, configuration)})
    if configuration.before_send is not None:
        sample = _allowed(sample, configuration.before_send)
    arrays = {name: np.asarray(array) for name, array in sample["arrays"].items()}
    count = len(next(iter(arrays.values())))
    fields = _fields(taken, sample["environment"], count, len(failing_rows(arrays.values(), count)), until)
    if in_base64 := [name for name, array in arrays.items() if array.dtype.kind == "S"]:
        fields["base64"] = in_base64
    if any(sample["ids"]):
        arrays["ids"] = np.array([clean_id(one).encode() for one in sample["ids"]])
    header = json.dumps(fields, allow_nan=False)
    return _parcel(_npz(arrays), {"Content-Type": NPZ_TYPE, "X-NaNWatch-Batch": header})


def _npz(arrays: Mapping[str, Array]) -> bytes:
    """As `numpy.savez` writes it, but nothing is ever pickled."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return body.getvalue()


def _parcel(body: bytes, headers: dict[str, str]) -> Parcel:
    packer = zlib.compressobj(_QUICKLY, zlib.DEFLATED, _GZIP)
    packed = packer.compress(body) + packer.flush()
    key = {"Idempotency-Key": uuid.uuid4().hex, "Content-Encoding": "gzip"}
    return Parcel(packed, {**headers, **key})


def _sample(taken: Taken, arrays: dict[str, Array], environment: Mapping[str, Any]) -> Sample:
    return {
        "model": taken.key.model,
        "version": taken.key.version,
        "arrays": arrays,
        "ids": [one for block in taken.blocks for one in block.ids],
        "environment": dict(environment),
    }


def _allowed(sample: Sample, before_send: BeforeSend) -> Sample:
    try:
        allowed = before_send(sample)
    except Exception as error:  # noqa: BLE001 - rows that may hold what it was to take out must not leave
        raise WithheldError(f"before_send raised {type(error).__name__}") from None
    if allowed is None:
        raise WithheldError("before_send returned None")
    return allowed


def _arrays(taken: Taken) -> dict[str, Array]:
    columns = zip(*(block.cells for block in taken.blocks), strict=True)
    arrays: dict[str, Array] = {}
    for (name, dtype, shape), cells in zip(taken.key.layout, columns, strict=True):
        arrays |= columns_of(name, _joined(cells, dtype, shape))
    return arrays


def _joined(cells: tuple[Any, ...], dtype: str, shape: tuple[int, ...]) -> Array:
    if dtype in "USO":
        return np.concatenate(cells)
    return np.frombuffer(b"".join(cells), dtype).reshape(-1, *shape)


def _fields(taken: Taken, environment: Mapping[str, Any], rows: int, nonfinite: int, until: float) -> dict[str, Any]:
    counts = taken.counts
    bad = max(nonfinite, sum(block.nonfinite for block in taken.blocks))
    return {
        "model": taken.key.model,
        "version": taken.key.version,
        "observed_at": _iso(taken.at),
        "environment": environment,
        "counts": {
            "predictions": counts.predictions + max(rows, taken.rows),
            "nonfinite": counts.nonfinite + bad,
            "dropped": counts.dropped,
            "since": _iso(min(counts.since, taken.at)),
            "until": _iso(max(until, taken.at)),
        },
    }


def _of_rows(taken: Taken, configuration: Configuration) -> dict[str, Any]:
    """What only this batch's rows tell, beside the environment that served them."""
    told: dict[str, Any] = {}
    failed = sum(block.rows for block in taken.blocks if block.request is not None and block.request.failed)
    if failed:
        told["rows_answered_5xx"] = failed
    if taken.key.raised:
        told["raised"] = taken.key.raised
    if configuration.redact:
        told["redacted"] = [str(one)[:100] for one in configuration.redact[:MOST_NAMES]]
    return told


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat()
