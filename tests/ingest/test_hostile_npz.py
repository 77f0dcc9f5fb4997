"""npz bodies that nobody should send: each is refused by the name of its field, and nothing is stored."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.conftest import ApiClient
from tests.ingest.refusals import refused

NPZ = "application/x-npz"
HEADER = json.dumps({"model": "churn", "version": "7"})

pytestmark = pytest.mark.usefixtures("churn")


def npz(**arrays: Any) -> bytes:
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    return packed.getvalue()


def npz_of(member: bytes, name: str = "inputs.npy") -> bytes:
    """An archive with one hand-made `.npy` member."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, member)
    return packed.getvalue()


def npy(descr: str, shape: str, data: bytes = b"") -> bytes:
    """A `.npy` file whose header says what it likes."""
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


def many_members() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"inputs.{number:040}.npy", b"")
    return packed.getvalue()


def zip64_directory() -> bytes:
    """An archive whose small end record is overruled by a locator of a larger directory."""
    plain = npz(inputs=np.zeros((1, 1)))
    return plain[:-22] + b"PK\x06\x07" + bytes(16) + plain[-22:]


@pytest.mark.parametrize(
    ("build", "status", "field", "message"),
    [
        pytest.param(lambda: npz(inputs=np.array([[None]])), 422, "inputs", "Python objects", id="objects"),
        pytest.param(
            lambda: npz_of(npy("'<f8'", "(1000000, 550000)", bytes(64))),
            400,
            "inputs",
            "TiB",
            id="4 TB declared",
        ),
        pytest.param(lambda: npz_of(npy("'<f8'", "(-1, -8)", bytes(64))), 400, "inputs", "shape", id="minus"),
        pytest.param(lambda: npz_of(npy("'<f8'", "(2,)", bytes(8))), 400, "inputs", "holds 8 bytes", id="short"),
        pytest.param(lambda: npz_of(npy("'<f8'", "(1,)", bytes(9))), 400, "inputs", "holds 9 bytes", id="long"),
        pytest.param(lambda: npz_of(npy("()", "(1,)")), 400, "inputs", "header", id="broken dtype"),
        pytest.param(lambda: npz_of(npy("[('a', '<f8')]", "(1,)", bytes(8))), 422, "inputs", "dtype", id="record"),
        pytest.param(lambda: npz_of(npy("'<f8'", "(" * 900)), 400, "inputs", "header", id="deep header"),
        pytest.param(lambda: npz_of(b"garbage"), 400, "inputs", "header", id="no npy"),
        pytest.param(lambda: npz_of(b"x", "inputs.txt"), 400, "body", "no .npy array", id="another file"),
        pytest.param(lambda: npz(inputs=np.zeros((100_000, 90))), 413, "body", "64", id="bomb"),
        pytest.param(many_members, 413, "body", "10,000", id="many members"),
        pytest.param(zip64_directory, 413, "body", "too many files", id="zip64"),
        pytest.param(lambda: npz(inputs=np.zeros(())), 422, "inputs", "single value", id="scalar"),
        pytest.param(lambda: npz(inputs=np.zeros((0, 3))), 422, "inputs", "no rows", id="no rows"),
        pytest.param(lambda: npz(inputs=np.zeros(1, "c16")), 422, "inputs", "complex", id="complex"),
        pytest.param(lambda: npz(inputs=np.zeros(1, "M8[s]")), 422, "inputs", "dates", id="dates"),
        pytest.param(lambda: npz(inputs=np.zeros(1), x=np.zeros(1)), 422, "body", "'x'", id="unknown array"),
        pytest.param(lambda: npz(outputs=np.zeros(1)), 422, "inputs", "is missing", id="outputs only"),
        pytest.param(
            lambda: npz(inputs=np.zeros(1), **{"inputs.a": np.zeros(1)}),
            422,
            "inputs",
            "comes with",
            id="both ways",
        ),
        pytest.param(lambda: npz(inputs=np.zeros(1))[:-30], 400, "body", "cut off", id="cut off"),
        pytest.param(lambda: b"x" * 10_000_000, 400, "body", "no zip archive", id="10 MB of garbage"),
    ],
)
def test_npz(alice: ApiClient, build: Callable[[], bytes], status: int, field: str, message: str) -> None:
    answer = alice.post("/samples", build(), content_type=NPZ, headers={"X-NaNWatch-Batch": HEADER})

    assert message in refused(answer, status, field)


def test_npz_that_lies_about_its_bytes(alice: ApiClient) -> None:
    body = bytearray(npz(inputs=np.arange(1000.0)))
    body[len(body) // 2] ^= 0xFF

    answer = alice.post("/samples", bytes(body), content_type=NPZ, headers={"X-NaNWatch-Batch": HEADER})

    refused(answer, 400, "inputs")


@pytest.mark.parametrize("header", [None, "{", "[]", '{"model": "churn"}'])
def test_npz_with_a_broken_header(alice: ApiClient, header: str | None) -> None:
    extra = {} if header is None else {"X-NaNWatch-Batch": header}

    answer = alice.post("/samples", npz(inputs=np.zeros(1)), content_type=NPZ, headers=extra)

    assert 400 <= answer.status_code < 500
    assert answer.json()["errors"][0]["field"] in ("X-NaNWatch-Batch", "version")
