"""An npz may carry the ids of its rows as an array: a header has room for a few hundred only."""

import io
import json
from typing import Any

import numpy as np
import pytest

from ingest.models import Batch
from tests.conftest import ApiClient

pytestmark = pytest.mark.usefixtures("churn")


def post(client: ApiClient, ids: Any, header_ids: Any = None) -> Any:
    body = io.BytesIO()
    np.savez(body, inputs=np.ones((2, 3), np.float32), ids=np.array(ids))
    fields = {"model": "churn", "version": "7"}
    header = json.dumps(fields if header_ids is None else {**fields, "ids": header_ids})
    return client.post(
        "/samples", body.getvalue(), content_type="application/x-npz", headers={"X-NaNWatch-Batch": header}
    )


@pytest.mark.parametrize("ids", [["req-1", "größer"], [b"req-1", "größer".encode()]])
def test_it_works(alice: ApiClient, ids: Any) -> None:
    answer = post(alice, ids)

    assert answer.status_code == 202, answer.content
    assert Batch.objects.get().row_ids == ["req-1", "größer"]


@pytest.mark.parametrize("ids", [[1, 2], ["a"], [["a"], ["b"]], "a"])
def test_ids_are_texts_one_a_row(alice: ApiClient, ids: Any) -> None:
    answer = post(alice, ids)

    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"][0]["field"] == "ids"


def test_they_stand_in_one_place(alice: ApiClient) -> None:
    assert post(alice, ["a", "b"], header_ids=["a", "b"]).json()["errors"][0]["field"] == "ids"
