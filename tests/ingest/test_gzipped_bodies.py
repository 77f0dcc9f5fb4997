"""Bodies with `Content-Encoding: gzip`."""

import gzip
import io
import json
from typing import Any

import numpy as np
import pytest

from ingest.models import Batch
from tests.conftest import ApiClient
from tests.ingest.refusals import refused

pytestmark = pytest.mark.usefixtures("churn")
JSON, NPZ = "application/json", "application/x-npz"
FIELDS = {"model": "churn", "version": "7"}
BODY = b'{"model": "churn", "version": "7", "inputs": [[1, NaN], [null, 1e999]]}'


def post(client: ApiClient, body: bytes, kind: str = JSON, **headers: str) -> Any:
    return client.post("/samples", body, content_type=kind, headers={"Content-Encoding": "gzip", **headers})


def test_json(alice: ApiClient) -> None:
    plain = alice.post("/samples", BODY, content_type=JSON)
    packed = post(alice, gzip.compress(BODY))

    assert packed.status_code == 202
    assert packed.json()["nonfinite_rows"] == plain.json()["nonfinite_rows"] == 2
    first, second = (bytes(batch.payload or b"") for batch in Batch.objects.all())
    assert first == second


def test_npz(alice: ApiClient) -> None:
    file = io.BytesIO()
    np.savez(file, inputs=np.ones((3, 2)))

    answer = post(alice, gzip.compress(file.getvalue()), NPZ, **{"X-NaNWatch-Batch": json.dumps(FIELDS)})

    assert (answer.status_code, answer.json()["rows"]) == (202, 3)


def test_several_members(alice: ApiClient) -> None:
    assert post(alice, gzip.compress(BODY[:20]) + gzip.compress(BODY[20:])).status_code == 202


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(BODY, "not gzip", id="not packed"),
        pytest.param(gzip.compress(BODY)[:-1], "cut off", id="cut off"),
        pytest.param(gzip.compress(BODY) + bytes(20), "not gzip", id="something behind"),
        pytest.param(gzip.compress(BODY)[:-5] + b"12345", "not gzip", id="wrong checksum"),
        pytest.param(gzip.compress(b"") * 101, "100 gzip members", id="many members"),
    ],
)
def test_broken(alice: ApiClient, body: bytes, message: str) -> None:
    assert message in refused(post(alice, body), 400, "body")


def test_what_unpacks_to_more_than_the_limit(alice: ApiClient) -> None:
    bomb = gzip.compress(bytes(80 * 2**20))
    assert len(bomb) < 100_000

    message = refused(post(alice, bomb), 413, "body")

    assert "64 MiB" in message
    assert "NANWATCH_MAX_BATCH_BYTES" in message


def test_members_that_do_so_together(alice: ApiClient) -> None:
    assert "64 MiB" in refused(post(alice, gzip.compress(bytes(33 * 2**20)) * 2), 413, "body")
