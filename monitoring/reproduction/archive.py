"""The zip file: the script, some failing rows and what is claimed about them.

The model is not in it: it may be large, or secret.
"""

import io
import json
import zipfile
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.http import HttpResponse
from numpy.typing import NDArray

from ingest.models import ModelVersion
from monitoring.incidents.examples import Example, examples
from monitoring.models import Incident
from nantrace.tensors.plain_text import one_line
from nantrace.tensors.tensor import Sent, Tensor, Tensors

SCRIPT = Path(__file__).with_name("reproduce.py")
CLAIMED = ("origin", "nan_birth", "reproduced_in")
README = """\
{id}: {title}

This folder shows the failure with plain TensorFlow. It needs the model that failed, which is not included:

    {model}, version {version}, format {format}, {bytes:,} bytes
    sha256 {sha256}

    pip install {packages} numpy
    python reproduce.py path/to/the/model

reproduce.py    runs the rows as served and without fused kernels, and prints both answers; it exits with 0
                when the failure shows, 1 when it does not, 2 when the call or the file cannot be used
rows.npz        {count} failing rows as they were sent, one array an input; a missing value is NaN
incident.json   what is claimed: symptom, cause, origin, and which rows these are

oneDNN's fused Dense + relu turns NaN into 0. TensorFlow uses it by itself on CPUs with AVX-512 VNNI; the script turns
it on. So the answer as served may be finite and wrong where the same model without fused kernels answers NaN.
"""


class NothingKept(Exception):  # noqa: N818 - nothing went wrong: retention did its work
    """None of the incident's rows is stored any more."""


def download(incident: Incident) -> HttpResponse:
    """The zip file of an incident with its model, as an answer that a browser saves; raises NothingKept."""
    headers = {"Content-Disposition": f'attachment; filename="{incident.short_id}-reproduction.zip"'}
    return HttpResponse(_zip_file(incident), content_type="application/zip", headers=headers)


def _zip_file(incident: Incident) -> bytes:
    """With failing rows of one batch, at most 20."""
    rows = examples(incident)
    if not rows:
        raise NothingKept(f"The rows of {incident.short_id} are no longer kept, so there is nothing to reproduce.")
    rows = [row for row in rows if row.batch == rows[0].batch]  # other batches may have other shapes
    version = incident.model.versions.get(version=rows[0].version)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("reproduce.py", SCRIPT.read_text())
        archive.writestr("rows.npz", _arrays(rows))
        archive.writestr("incident.json", json.dumps(_claims(incident, version, rows), indent=2))
        archive.writestr("README.txt", _readme(incident, version, len(rows)))
    return written.getvalue()


def _arrays(rows: Sequence[Example]) -> bytes:
    """As `numpy.savez` writes them, which takes no input called `file`."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for tensor in _inputs(rows):
            array = _as_sent(tensor)
            with archive.open(f"{tensor.name}.npy", "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return written.getvalue()


def _inputs(rows: Sequence[Example]) -> Tensors:
    return Tensors.stacked([row.inputs for row in rows])


def _as_sent(tensor: Tensor) -> NDArray[Any]:
    """The values with NaN for a missing number: an integer array has to become floating for that.

    Where a cell is bytes, all are base64, as `_claims` says: no array of numpy keeps bytes as they are.
    """
    if tensor.sent is not None and tensor.holds_bytes():
        sent = zip(tensor.values.ravel().tolist(), tensor.sent.ravel().tolist(), strict=True)
        cells = [text if code == Sent.BYTES else b64encode(text.encode()).decode() for text, code in sent]
        return np.array(cells).reshape(tensor.values.shape)
    if tensor.sent is None or tensor.values.dtype.kind not in "iub" or not tensor.missing().any():
        return tensor.values
    return np.where(tensor.sent == Sent.MISSING, np.nan, tensor.values.astype(np.float64))


def _claims(incident: Incident, version: ModelVersion, rows: Sequence[Example]) -> dict[str, Any]:
    return {
        "id": incident.short_id,
        "title": incident.title,
        "symptom": incident.symptom,
        "cause": incident.cause or None,
        "confidence": incident.confidence,
        **{name: incident.report.get(name) for name in CLAIMED},
        "model": incident.model.name,
        "version": version.version,
        "signature": rows[0].signature,
        "base64": [tensor.name for tensor in _inputs(rows) if tensor.holds_bytes()],
        "artifact": {"format": version.artifact_format, "sha256": version.artifact_sha256},
        "rows": [{"batch": row.batch, "row": row.row, "id": row.id} for row in rows],
    }


def _readme(incident: Incident, version: ModelVersion, count: int) -> str:
    profile = getattr(version, "profile", None)
    software = profile.signature.get("software", {}) if profile is not None else {}
    return README.format(
        id=incident.short_id,
        title=one_line(incident.title),
        model=one_line(incident.model.name),
        version=one_line(version.version),
        format=version.artifact_format,
        bytes=version.artifact_bytes,
        sha256=version.artifact_sha256,
        packages=" ".join(_pinned(name, software) for name in ("tensorflow", "keras")),
        count=count,
    )


def _pinned(package: str, software: Mapping[str, str]) -> str:
    return f"{package}=={software[package]}" if package in software else package
