"""Columns that are posted by name, to a version whose model a worker has loaded."""

import io
import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from ingest.models import Batch, ModelVersion
from nantrace.tensors.framing import unpack_tensors
from nantrace.tensors.named_columns import WantedTensor
from tests.conftest import ApiClient
from tests.ingest.refusals import refused

COLUMNS = {"age": [40, 51], "income": [12.5, None]}
FIELDS = {"model": "churn", "version": "7"}


@pytest.fixture
def loaded(churn: ModelVersion) -> ModelVersion:
    """As the worker leaves a version with one input of two named columns."""
    churn.inputs = [WantedTensor("input_layer", ["age", "income"], 2, "numbers").as_json()]
    churn.save()
    return churn


def post(client: ApiClient, inputs: Any, **extra: Any) -> Any:
    return client.post("/samples", json.dumps({**FIELDS, "inputs": inputs}), content_type="application/json", **extra)


def stored(answer: Any) -> dict[str, Any]:
    payload = Batch.objects.get(pk=answer.json()["batch"]).payload
    return {tensor.name: tensor.values.tolist() for tensor in unpack_tensors(bytes(payload or b""))["inputs"]}


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("order", [["age", "income"], ["income", "age"]])
def test_columns_are_put_together(alice: ApiClient, order: list[str]) -> None:
    answer = post(alice, {name: COLUMNS[name] for name in order})

    assert answer.status_code == 202, answer.content
    np.testing.assert_array_equal(stored(answer)["inputs"], [[40, 12.5], [51, np.nan]])
    assert answer.json()["nonfinite_rows"] == 1
    assert "left_out" not in answer.json()


@pytest.mark.usefixtures("loaded")
def test_other_columns_are_left_out_and_named_again_when_the_key_is_repeated(alice: ApiClient) -> None:
    body = {"id": ["a", "b"], **COLUMNS}
    first, second = (post(alice, body, headers={"Idempotency-Key": "once"}) for _ in range(2))

    assert list(stored(first)) == ["inputs"]
    assert first.json()["left_out"] == ["id"]
    assert second.json() == first.json()
    assert alice.get(f"/batches/{first.json()['batch']}").json()["left_out"] == ["id"]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("inputs", [{"age": [40, 51]}, {"age": [[40], [51]]}, {"age": [1], "at": ["2026"]}])
def test_a_missing_column_is_named(alice: ApiClient, inputs: Any) -> None:
    assert refused(post(alice, inputs), 422, "inputs") == "has no column 'income', which the model has"


@pytest.mark.usefixtures("loaded")
def test_a_matrix_needs_no_names(alice: ApiClient) -> None:
    assert stored(post(alice, [[1.5, 2.5]])) == {"inputs": [[1.5, 2.5]]}


@pytest.mark.usefixtures("loaded")
def test_texts_stay_what_was_sent(alice: ApiClient) -> None:
    assert stored(post(alice, {"income": ["abc", None], "age": [40, 51]})) == {"inputs": [["40", "abc"], ["51", ""]]}


@pytest.mark.usefixtures("loaded")
def test_one_text_for_every_row_is_weighed_before_it_is_spread_out(alice: ApiClient) -> None:
    refused(post(alice, {"age": list(range(20)), "income": ["x" * 450_000, *["y"] * 19]}), 413, "inputs")


@pytest.mark.usefixtures("loaded")
def test_a_frame_as_an_arrow_stream_and_as_npz(alice: ApiClient) -> None:
    table = pa.table({"scored_at": ["2026", "2027"], "income": COLUMNS["income"], "age": COLUMNS["age"]})
    arrow, npz = io.BytesIO(), io.BytesIO()
    with pa.ipc.new_stream(arrow, table.schema) as writer:
        writer.write_table(table)
    np.savez(npz, income=np.array([12.5, np.nan]), age=np.array([40, 51]), scored_at=np.array(["2026", "2027"]))
    for body, kind in ((arrow, "application/vnd.apache.arrow.stream"), (npz, "application/x-npz")):
        headers = {"X-NaNWatch-Batch": json.dumps(FIELDS)}
        answer = alice.post("/samples", body.getvalue(), content_type=kind, headers=headers)
        assert answer.status_code == 202, answer.content
        np.testing.assert_array_equal(stored(answer)["inputs"], [[40, 12.5], [51, np.nan]])
        assert answer.json()["left_out"] == ["scored_at"]


def test_before_a_worker_has_loaded_the_model_columns_are_kept_as_they_came(
    alice: ApiClient, churn: ModelVersion
) -> None:
    assert stored(post(alice, COLUMNS)).keys() == {"age", "income"}
    wanted = WantedTensor("input_layer", ["income", "age"], 2, "numbers").as_json()
    ModelVersion.objects.filter(pk=churn.pk).update(inputs=[wanted])  # by another process
    np.testing.assert_array_equal(stored(post(alice, COLUMNS))["inputs"], [[12.5, 40], [np.nan, 51]])
