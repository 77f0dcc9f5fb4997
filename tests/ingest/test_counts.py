"""Counts of all predictions, which come along with a sample of them."""

import io
import json
from typing import Any

import numpy as np
import pytest

from ingest.models import Batch
from tests.conftest import ApiClient

pytestmark = pytest.mark.usefixtures("churn")
COUNTS = {
    "predictions": 1000,
    "nonfinite": 3,
    "dropped": 2,
    "since": "2026-01-02T03:00:00+00:00",
    "until": "2026-01-02T03:00:05+00:00",
}


def post(client: ApiClient, counts: Any, **fields: Any) -> Any:
    body = {"model": "churn", "version": "7", "inputs": [[1, 2, None], [3, 4, 5]], "counts": counts, **fields}
    present = {name: value for name, value in body.items() if value is not ...}
    return client.post("/samples", json.dumps(present), content_type="application/json")


def test_it_works(alice: ApiClient) -> None:
    answer = post(alice, COUNTS)

    assert answer.status_code == 202, answer.content
    assert Batch.objects.get().counts == COUNTS


def test_an_npz_says_them_in_its_header(alice: ApiClient) -> None:
    body = io.BytesIO()
    np.savez(body, inputs=np.ones((2, 3), np.float32))
    header = json.dumps({"model": "churn", "version": "7", "counts": {"predictions": 200}})

    answer = alice.post(
        "/samples", body.getvalue(), content_type="application/x-npz", headers={"X-NaNWatch-Batch": header}
    )

    assert answer.status_code == 202, answer.content
    assert Batch.objects.get().counts == {"predictions": 200, "nonfinite": 0, "dropped": 0}


def test_a_batch_that_says_none_has_none(alice: ApiClient) -> None:
    assert post(alice, ...).status_code == 202
    assert Batch.objects.get().counts is None


def test_counts_stand_alone_where_nothing_was_sampled(alice: ApiClient) -> None:
    answer = post(alice, COUNTS, inputs=...)

    assert (answer.status_code, answer.json()["rows"]) == (202, 0)
    assert Batch.objects.get().counts == COUNTS


@pytest.mark.parametrize("fields", [{"counts": None}, {"counts": ...}, {"outputs": [[1]]}, {"inputs": []}])
def test_nothing_else_stands_without_rows(alice: ApiClient, fields: dict[str, Any]) -> None:
    answer = post(alice, **{"counts": COUNTS, "inputs": ..., **fields})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "inputs"


@pytest.mark.parametrize(
    ("counts", "field"),
    [
        ([], "counts"),
        ({}, "counts.predictions"),
        ({"predictions": 1}, "counts.predictions"),  # two rows come with it
        ({"predictions": True}, "counts.predictions"),
        ({"predictions": 2.0}, "counts.predictions"),
        ({"predictions": float("nan")}, "counts.predictions"),
        ({"predictions": 10**12 + 1}, "counts.predictions"),
        ({"predictions": 10, "nonfinite": 11}, "counts.nonfinite"),
        ({"predictions": 10, "nonfinite": -1}, "counts.nonfinite"),
        ({"predictions": 10, "dropped": 11}, "counts.dropped"),
        ({"predictions": 10, "sampled": 1}, "counts.sampled"),
        ({"predictions": 10, "since": "yesterday"}, "counts.since"),
        ({**COUNTS, "until": "2026-01-02T02:00:00+00:00"}, "counts.until"),
    ],
)
def test_impossible_counts_name_their_field(alice: ApiClient, counts: Any, field: str) -> None:
    answer = post(alice, counts)

    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"][0]["field"] == field
    assert not Batch.objects.exists()
