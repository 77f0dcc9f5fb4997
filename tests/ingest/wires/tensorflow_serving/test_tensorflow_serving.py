"""Predict calls of TensorFlow Serving, as a proxy logs them."""

import base64
import json
from typing import Any

import numpy as np
import pytest

from ingest.models import Batch, ModelVersion
from nantrace.tensors.tensor import Sent
from tests.conftest import ApiClient
from tests.ingest.refusals import refused
from tests.ingest.wires.recorded import groups_of, recorded

URL = "/samples/tensorflow-serving"


def call(request: str, response: str | None = None, **fields: Any) -> bytes:
    """The two recorded bodies, as they are, in one."""
    head = json.dumps({"model": "churn", "version": "7", **fields})[:-1].encode()
    body = head + b', "request": ' + recorded(f"tensorflow_serving/{request}")
    return body + (b', "response": ' + recorded(f"tensorflow_serving/{response}") if response else b"") + b"}"


def post(client: ApiClient, body: bytes, **headers: str) -> Any:
    return client.post(URL, body, content_type="application/json", headers=headers)


def test_it_works(alice: ApiClient, churn: ModelVersion) -> None:
    answer = post(alice, call("row_request.json", "row_response.json", ids=["a", "b"]))

    assert answer.status_code == 202, answer.content
    batch = Batch.objects.get()
    assert answer.json() == {"batch": batch.pk, "rows": 2, "nonfinite_rows": 2}
    assert (batch.version, batch.row_ids, batch.unanswered) == (churn, ["a", "b"], False)
    assert batch.signature == ""  # `serving_default` is what a call without a name means
    inputs, outputs = groups_of(batch)["inputs"].by_name, groups_of(batch)["outputs"].by_name
    assert inputs["tag"].values.tolist() == ["foo", "bar"]
    assert inputs["signal"].values.tolist() == [[1, 2, 3, 4, 5], [3, 4, 1, 2, 5]]
    np.testing.assert_array_equal(inputs["sensor"].values, [[[1, np.nan], [3, 4]], [[4, 5], [np.inf, 8]]])
    assert inputs["sensor"].sent is None
    np.testing.assert_array_equal(outputs["score"].values, [np.nan, -np.inf])
    assert outputs["label_bytes"].values.tolist() == ["good", "bad"]


@pytest.mark.usefixtures("churn")
def test_the_signature_is_kept(alice: ApiClient) -> None:
    request = {"signature_name": "compare", "instances": [[1.0]]}

    post(alice, document(request))
    post(alice, json.dumps({"model": "churn", "version": "7", "signature": "rank", "request": request}).encode())

    assert list(Batch.objects.order_by("received_at").values_list("signature", flat=True)) == ["compare", "rank"]


@pytest.mark.usefixtures("churn")
def test_columns(alice: ApiClient) -> None:
    answer = post(alice, call("column_request.json", "column_response.json"))

    assert answer.status_code == 202, answer.content
    groups = groups_of(Batch.objects.get())
    assert groups["inputs"].by_name.keys() == {"tag", "signal"}
    np.testing.assert_array_equal(groups["outputs"].by_name["outputs"].values, [[0.2, 9e6], [np.nan, 1]])


@pytest.mark.usefixtures("churn")
def test_bodies_as_texts(alice: ApiClient) -> None:
    texts = {name: recorded(f"tensorflow_serving/row_{name}.json").decode() for name in ("request", "response")}

    answer = post(alice, json.dumps({"model": "churn", "version": "7", **texts}).encode())

    assert answer.json()["nonfinite_rows"] == 2
    assert groups_of(Batch.objects.get())["inputs"].by_name["tag"].values.tolist() == ["foo", "bar"]


@pytest.mark.usefixtures("churn")
def test_a_failed_call_is_unanswered(alice: ApiClient) -> None:
    answer = post(alice, call("column_request.json", "error_response.json"))

    assert answer.status_code == 202, answer.content
    batch = Batch.objects.get()
    assert batch.unanswered
    assert groups_of(batch).keys() == {"inputs"}


@pytest.mark.usefixtures("churn")
def test_a_proxy_may_log_requests_only(alice: ApiClient) -> None:
    post(alice, call("column_request.json"))

    assert not Batch.objects.get().unanswered


@pytest.mark.usefixtures("churn")
def test_a_repeated_key_answers_the_first_answer(alice: ApiClient) -> None:
    body = call("row_request.json", "row_response.json")

    first, second = (post(alice, body, **{"Idempotency-Key": "one"}) for _ in range(2))

    assert first.json() == second.json()
    assert Batch.objects.count() == 1


def document(request: Any, response: Any = None) -> bytes:
    return json.dumps({"model": "churn", "version": "7", "request": request, "response": response}).encode()


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize(
    ("instances", "kept", "why"),
    [
        ([{"a": 1}, {"b": 1}, {"a": 2}], [1, 2], "row 1 does not hold the names that most rows have: a"),
        ([{"a": 1}, 7, {"a": 2}], [1, 2], "row 1 is no object of inputs"),
        ([{"a": 1}, {"a": {"b64": "!"}}, {"a": 2}], [1, 2], "row 1 holds a `b64` that is not base64"),
        ([{"a": 1}, {"a": {}}, {"a": 2}], [1, 2], "row 1 is an object"),
    ],
)
def test_a_bad_row_costs_itself_only(alice: ApiClient, instances: list[Any], kept: list[int], why: str) -> None:
    response = {"predictions": [[0.1], [0.2], [0.3]]}
    body = {"model": "churn", "version": "7", "ids": ["a", "b", "c"], "request": {"instances": instances}}

    answer = post(alice, json.dumps({**body, "response": response}).encode(), **{"Idempotency-Key": "one"})
    again = post(alice, json.dumps({**body, "response": response}).encode(), **{"Idempotency-Key": "one"})

    assert answer.status_code == 202, answer.content
    assert answer.json()["rows"] == 2
    assert answer.json()["row_errors"]["rejected"] == 1
    (error,) = answer.json()["row_errors"]["errors"]
    assert error["field"] == "request.instances"
    assert error["message"].startswith(why)
    assert again.json() == answer.json()
    batch = Batch.objects.get()
    assert batch.row_ids == ["a", "c"]
    assert groups_of(batch)["inputs"].by_name["a"].values.tolist() == kept
    assert groups_of(batch)["outputs"].by_name["outputs"].values.tolist() == [[0.1], [0.3]]
    assert alice.get(f"/batches/{batch.pk}").json()["row_errors"] == answer.json()["row_errors"]


@pytest.mark.usefixtures("churn")
def test_rows_of_other_lengths_are_stored_apart_and_named(alice: ApiClient) -> None:
    request = {"instances": [[1, 2, 3], [4], [5, 6, 7], [8]]}
    body = document(request, {"predictions": [[0.1], [0.2], [0.3], [0.4]]})

    answer = post(alice, body, **{"Idempotency-Key": "one"})
    again = post(alice, body, **{"Idempotency-Key": "one"})

    assert answer.status_code == 202, answer.content
    assert again.json() == answer.json()
    found = answer.json()
    assert (found["rows"], len(found["batches"])) == (4, 2)
    assert found["row_errors"] == {
        "rejected": 0,
        "errors": [
            {"field": "request.instances", "message": "row 1 has shape [1], most rows have [3]: stored apart"},
        ],
    }
    sides = [groups_of(Batch.objects.get(pk=key)) for key in found["batches"]]
    assert [one["inputs"].by_name["inputs"].values.tolist() for one in sides] == [[[1, 2, 3], [5, 6, 7]], [[4], [8]]]
    assert [one["outputs"].by_name["outputs"].values.tolist() for one in sides] == [[[0.1], [0.3]], [[0.2], [0.4]]]


@pytest.mark.usefixtures("churn")
def test_an_answer_that_cannot_be_read_leaves_its_row_without_one(alice: ApiClient) -> None:
    answer = post(alice, document({"instances": [[1], [2]]}, {"predictions": [{"s": 0.5}, {"t": 1}]}))

    assert answer.json()["rows"] == 2
    stored = {
        len(groups_of(batch)): groups_of(batch)["inputs"].by_name["inputs"].values for batch in Batch.objects.all()
    }
    assert {sides: values.tolist() for sides, values in stored.items()} == {2: [[1]], 1: [[2]]}


@pytest.mark.usefixtures("churn")
def test_bytes_are_kept_as_they_are(alice: ApiClient) -> None:
    cells = [b"\xff\xd8\xff\x00", b"\n\x00", "grün".encode()]
    instances = [{"image": {"b64": base64.b64encode(cell).decode()}} for cell in cells]

    answer = post(alice, document({"instances": instances}))

    assert answer.status_code == 202, answer.content
    assert answer.json()["nonfinite_rows"] == 0
    tensor = groups_of(Batch.objects.get())["inputs"].by_name["image"]
    assert tensor.sent is not None
    assert tensor.sent.tolist() == [Sent.BYTES, Sent.BYTES, Sent.VALUE]
    assert [base64.b64decode(text) for text in tensor.values[:2]] == cells[:2]
    assert tensor.values[2] == "grün"


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize(
    ("body", "status", "field", "message"),
    [
        (document({"instances": [1], "inputs": [1]}), 422, "request", "both"),
        (document({"examples": [{"x": 1}]}), 422, "request", "classify"),
        (document({"signature_name": "x"}), 422, "request", "neither"),
        (document({"signature_name": 7, "instances": [1]}), 422, "signature", "name of a signature"),
        (document({"instances": {"a": 1}}), 422, "request.instances.a", "list of rows"),
        (document({"inputs": {"a": [1], "b": [1, 2]}}), 422, "request.inputs.b", "rows"),
        (document({"instances": [{"b64": "!"}]}), 422, "request.instances", "base64"),
        (document({"instances": [[{}], [[1], 2]]}), 422, "request.instances", "row 0"),
        (document("{"), 400, "request", "not JSON"),
        (document(7), 422, "request", "object"),
        (document(None), 422, "request", "missing"),
        (b"[]", 400, "body", "object"),
    ],
)
def test_what_is_refused(alice: ApiClient, body: bytes, status: int, field: str, message: str) -> None:
    assert message in refused(post(alice, body), status, field)


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize(("client", "status"), [("bob", 403), ("charlie", 404)])
def test_other_keys_cannot_post(client: str, status: int, request: pytest.FixtureRequest) -> None:
    answer = post(request.getfixturevalue(client), call("row_request.json"))

    assert answer.status_code == status
    assert not Batch.objects.exists()


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize(
    ("response", "message"),
    [
        ("<html>502 Bad Gateway</html>", "is not JSON"),
        ({"scores": [1]}, "holds neither"),
        ({"predictions": [1, 2]}, "has 2 rows, the request has 1"),
        (7, "must be a JSON object"),
    ],
)
def test_a_response_without_predictions_costs_no_row(alice: ApiClient, response: Any, message: str) -> None:
    answer = post(alice, document({"instances": [[1.5, None]]}, response))

    assert answer.status_code == 202, answer.content
    (error,) = answer.json()["row_errors"]["errors"]
    assert message in error["message"]
    assert error["message"].endswith("stored without predictions")
    batch = Batch.objects.get()
    assert (batch.rows, batch.nonfinite_rows, batch.unanswered) == (1, 1, True)
