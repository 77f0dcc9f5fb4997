"""`POST /samples` as serving code calls it."""

import io
import json
from typing import Any

import numpy as np
import pytest

from ingest.models import Batch, ModelVersion
from nantrace.tensors.framing import unpack_tensors
from nantrace.tensors.tensor import Sent, Tensors
from tests.conftest import ApiClient

JSON, NPZ = "application/json", "application/x-npz"


def post(client: ApiClient, body: str, **extra: Any) -> Any:
    return client.post("/samples", body, content_type=JSON, **extra)


def stored(answer: Any) -> dict[str, Tensors]:
    payload = Batch.objects.get(pk=answer.json()["batch"]).payload
    assert payload is not None
    return unpack_tensors(bytes(payload))


def test_it_works(alice: ApiClient, churn: ModelVersion) -> None:
    body = '{"model": "churn", "version": "7", "inputs": [[1, 2, NaN], [3, 4, 5], [6, NaN, 8]]}'

    answer = post(alice, body)

    assert answer.status_code == 202, answer.content
    batch = Batch.objects.get()
    assert answer.json() == {"batch": batch.pk, "rows": 3, "nonfinite_rows": 2}
    assert (batch.version, batch.project, batch.state) == (churn, alice.project, "pending")
    np.testing.assert_array_equal(
        stored(answer)["inputs"].by_name["inputs"].values, [[1, 2, np.nan], [3, 4, 5], [6, np.nan, 8]]
    )


@pytest.mark.usefixtures("churn")
def test_a_mark_of_the_byte_order_before_the_text_is_passed_over(alice: ApiClient) -> None:
    answer = post(alice, '\ufeff{"model": "churn", "version": "7", "inputs": [[1, 2, NaN]]}')

    assert answer.status_code == 202, answer.content


@pytest.mark.usefixtures("churn")
def test_what_was_sent_is_told_apart(alice: ApiClient) -> None:
    cells = '[NaN, "NaN", null, Infinity, "-Infinity", 1e999, -1e999, 0.5]'

    answer = post(alice, f'{{"model": "churn", "version": "7", "inputs": [{cells}]}}')

    (tensor,) = stored(answer)["inputs"]
    inf = np.inf
    np.testing.assert_array_equal(tensor.values, [[np.nan, np.nan, np.nan, inf, -inf, inf, -inf, 0.5]])
    assert tensor.sent is not None
    value, missing, overflow = int(Sent.VALUE), int(Sent.MISSING), int(Sent.OVERFLOW)
    assert tensor.sent.tolist() == [[value, value, missing, value, value, overflow, overflow, value]]
    assert answer.json()["nonfinite_rows"] == 1


@pytest.mark.usefixtures("churn")
def test_fields_beside_the_rows_are_kept(alice: ApiClient) -> None:
    fields = {
        "model": "churn",
        "version": "7",
        "inputs": {"age": [[1.5], [2.5]], "city": [["Kiel"], [None]]},
        "outputs": [[0.5], [0.25]],
        "ids": ["req-1", "req-2"],
        "observed_at": "2026-01-02T03:04:05+01:00",
        "environment": {"tensorflow": "2.16.1", "onednn": True},
    }

    answer = post(alice, json.dumps(fields))

    assert answer.json()["nonfinite_rows"] == 1
    batch = Batch.objects.get()
    assert batch.row_ids == ["req-1", "req-2"]
    assert batch.environment == {"tensorflow": "2.16.1", "onednn": True}
    assert batch.observed_at.isoformat() == "2026-01-02T02:04:05+00:00"
    groups = stored(answer)
    assert groups["inputs"].by_name["city"].values.tolist() == [["Kiel"], [""]]
    assert groups["outputs"].by_name["outputs"].values.tolist() == [[0.5], [0.25]]


@pytest.mark.usefixtures("churn")
def test_npz_bodies_keep_their_dtypes(alice: ApiClient) -> None:
    packed = io.BytesIO()
    arrays: dict[str, Any] = {
        "inputs.x": np.array([[1, np.nan]], ">f4"),
        "inputs.word": np.array([["Köln".encode()]]),
        "outputs": np.array([[np.inf]], np.float16),
    }
    np.savez_compressed(packed, **arrays)
    header = json.dumps({"model": "churn", "version": "7", "ids": ["a"]})

    answer = alice.post("/samples", packed.getvalue(), content_type=NPZ, headers={"X-NaNWatch-Batch": header})

    assert answer.status_code == 202, answer.content
    groups = stored(answer)
    assert groups["inputs"].by_name["x"].values.dtype == np.float32
    assert groups["inputs"].by_name["word"].values.tolist() == [["Köln"]]
    assert groups["outputs"].by_name["outputs"].values.dtype == np.float16


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize("client", ["bob", "charlie"])
def test_other_keys_cannot_post(client: str, request: pytest.FixtureRequest) -> None:
    answer = post(request.getfixturevalue(client), '{"model": "churn", "version": "7", "inputs": [[1]]}')

    assert answer.status_code == {"bob": 403, "charlie": 404}[client]
    assert not Batch.objects.exists()
