"""Rows of Vertex AI's request-response log."""

import base64
import json
from typing import Any

import numpy as np
import pytest

from ingest.models import Batch, ModelVersion
from tests.conftest import ApiClient
from tests.ingest.refusals import refused
from tests.ingest.wires.recorded import groups_of, recorded

NDJSON = "application/x-ndjson"


def post(
    client: ApiClient, body: bytes, kind: str = NDJSON, url: str = "?model=churn&version=7", **headers: str
) -> Any:
    return client.post(f"/samples/vertex-ai{url}", body, content_type=kind, headers=headers)


def line(**columns: Any) -> bytes:
    return json.dumps({"request_payload": ["[1, 2]"], "response_payload": ["[0.5]"], **columns}).encode() + b"\n"


def push(data: bytes, message_id: str = "1") -> bytes:
    message = {"data": base64.b64encode(data).decode(), "messageId": message_id}
    return json.dumps({"message": message, "subscription": "projects/p/subscriptions/s"}).encode()


def test_it_works(alice: ApiClient, churn: ModelVersion) -> None:
    answer = post(alice, recorded("vertex_ai/rows.ndjson"))

    assert answer.status_code == 202, answer.content
    answered, unanswered = Batch.objects.order_by("observed_at")
    assert answer.json() == {"batches": [answered.pk, unanswered.pk], "rows": 4, "nonfinite_rows": 2}
    assert (answered.version, answered.rows, answered.unanswered) == (churn, 3, False)
    assert answered.row_ids == ["7204958305948/0", "7204958305948/1", "7204958305949"]
    assert answered.observed_at.isoformat() == "2026-11-20T10:15:00.123456+00:00"
    groups = groups_of(answered)
    np.testing.assert_array_equal(
        groups["inputs"].by_name["inputs"].values, [[6.8, np.nan, 4.8], [6.0, 3.4, 4.5], [1, 2, 3]]
    )
    assert groups["inputs"].by_name["inputs"].missing().sum() == 1
    np.testing.assert_array_equal(groups["outputs"].by_name["outputs"].values, [[0.5], [np.nan], [0.25]])
    assert (unanswered.rows, unanswered.unanswered) == (1, True)


def test_a_push_is_the_same_batch_however_often_it_comes(alice: ApiClient, churn: ModelVersion) -> None:
    body = recorded("vertex_ai/push.json")
    again = json.loads(body) | {"deliveryAttempt": 2}

    first = post(alice, body, "application/json")
    second = post(alice, json.dumps(again).encode(), "application/json")

    assert first.status_code == 202, first.content
    assert first.json() == second.json()
    assert Batch.objects.get().version == churn


@pytest.mark.usefixtures("churn")
def test_a_repeated_key_stores_nothing_twice(alice: ApiClient) -> None:
    body = recorded("vertex_ai/rows.ndjson")

    first, second = (post(alice, body, **{"Idempotency-Key": "export-1"}) for _ in range(2))
    other = post(alice, line(), **{"Idempotency-Key": "export-1"})

    assert first.json() == second.json()
    assert Batch.objects.count() == 2
    assert other.status_code == 422


@pytest.mark.usefixtures("churn")
def test_the_deployed_model_is_the_version_unless_the_url_names_one(alice: ApiClient) -> None:
    answer = post(alice, line(deployed_model_id="7"), url="?model=churn")
    unknown = post(alice, line(deployed_model_id="8"), url="?model=churn")

    assert (answer.status_code, unknown.status_code) == (202, 404)


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize(
    ("request_payload", "response_payload", "names"),
    [
        (['{"age": [1], "city": "Kiel"}'], ['{"score": 0.5}'], {"age", "city"}),
        (['{"instances": [[1, 2]], "parameters": {}}'], ['{"predictions": [[1]]}'], {"inputs"}),
        ('{"instances": [{"x": {"b64": "YQ=="}}]}', '{"predictions": [1]}', {"x"}),
        (["7"], ["NaN"], {"inputs"}),
    ],
)
def test_payloads(alice: ApiClient, request_payload: Any, response_payload: Any, names: set[str]) -> None:
    answer = post(alice, line(request_payload=request_payload, response_payload=response_payload))

    assert answer.status_code == 202, answer.content
    assert groups_of(Batch.objects.get())["inputs"].by_name.keys() == names


@pytest.mark.usefixtures("churn")
def test_calls_of_different_shapes_are_batches_of_their_own(alice: ApiClient) -> None:
    lines = line() + line(request_payload=["[1, 2, 3]"]) + line(request_payload=["[0.5, null]"])

    answer = post(alice, lines)

    assert answer.json()["rows"] == 3
    assert sorted(Batch.objects.values_list("rows", flat=True)) == [1, 2]


@pytest.mark.usefixtures("churn")
def test_a_bad_line_costs_itself_only(alice: ApiClient) -> None:
    lines = [line(request_id="a"), b"{\n", b"\n", line(request_payload=["[1"]), line(request_id="b")]
    lines += [line(deployed_model_id="8"), line(request_payload=None), line(logging_time="soon")]

    answer = post(alice, b"".join(lines))

    assert answer.status_code == 202, answer.content
    assert answer.json()["rows"] == 3
    errors = answer.json()["row_errors"]
    assert errors["rejected"] == 4
    assert [error["field"] for error in errors["errors"]] == [
        "line 2",
        "line 4.request_payload",
        "line 7.request_payload",
        "line 8.logging_time",
    ]
    assert Batch.objects.exclude(row_errors=None).get(pk=answer.json()["batches"][0]).row_errors == errors


@pytest.mark.usefixtures("churn")
def test_lines_of_a_version_that_is_not_registered_cost_themselves_only(alice: ApiClient) -> None:
    lines = [line(deployed_model_id="7"), line(deployed_model_id="8"), line()]

    answer = post(alice, b"".join(lines), url="?model=churn")

    assert (answer.status_code, answer.json()["rows"]) == (202, 1)
    assert answer.json()["row_errors"]["rejected"] == 2
    assert [error["field"] for error in answer.json()["row_errors"]["errors"]] == [
        "line 2.version",
        "line 3.version",
    ]


@pytest.mark.usefixtures("churn")
def test_rows_of_one_call_may_have_other_lengths(alice: ApiClient) -> None:
    answer = post(alice, line(request_payload=["[1]", "[1, 2]"], response_payload=["0.1", "0.2"]))

    assert answer.json()["rows"] == 2
    assert len(answer.json()["batches"]) == 2
    assert "row 1 has shape [2]" in answer.json()["row_errors"]["errors"][0]["message"]


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize(
    ("body", "status", "field", "message"),
    [
        (b"\n\n", 422, "body", "no rows"),
        (b"{", 400, "line 1", "not JSON"),
        (b"\n[]\n", 400, "line 2", "not a JSON object"),
        (line(request_payload=None), 422, "line 1.request_payload", "missing"),
        (line(request_payload=["[1"]), 400, "line 1.request_payload", "not JSON"),
        (line(request_payload=[[1]]), 422, "line 1.request_payload", "texts"),
        (line(response_payload=["1", "2"]), 422, "line 1.response_payload", "2 rows"),
        (line(logging_time="soon"), 422, "line 1.logging_time", "ISO 8601"),
    ],
)
def test_what_is_refused(alice: ApiClient, body: bytes, status: int, field: str, message: str) -> None:
    assert message in refused(post(alice, body), status, field)


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize(
    ("body", "field", "limit"),
    [
        (b'{"request_payload": "1"}\n' * 20_001, "body", "20,000"),
        (line(request_payload=["1"] * 60_000, response_payload=None) * 2, "body", "100,000"),
        (line(request_payload=["1"] * 100_001), "line 1.request_payload", "100,000"),
    ],
    ids=["calls", "rows", "rows of one call"],
)
def test_how_much_is_taken(alice: ApiClient, body: bytes, field: str, limit: str) -> None:
    assert limit in refused(post(alice, body), 413, field)


@pytest.mark.usefixtures("churn")
def test_one_long_text_among_many_short_ones_is_weighed_before_it_is_spread(alice: ApiClient) -> None:
    short = line(request_payload=['"x"'] * 500, response_payload=None)
    long = line(request_payload=[json.dumps("y" * 1_000_000)], response_payload=None)

    refused(post(alice, short * 20 + long), 413, "request_payload")


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize(
    ("body", "field"),
    [
        (push(b"{"), "line 1"),
        (b'{"message": {"data": "!", "messageId": "1"}}', "message.data"),
        (b'{"message": {"data": 7, "messageId": "1"}}', "message.data"),
        (b'{"message": {"data": ""}}', "message.messageId"),
        (b"[]", "body"),
    ],
)
def test_messages_that_are_refused(alice: ApiClient, body: bytes, field: str) -> None:
    answer = post(alice, body, "application/json")

    refused(answer, answer.status_code, field)
    assert 400 <= answer.status_code < 500


@pytest.mark.usefixtures("churn")
def test_the_model_must_be_named(alice: ApiClient) -> None:
    refused(post(alice, line(), url="?version=7"), 422, "model")


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize(("client", "status"), [("bob", 403), ("charlie", 404)])
def test_other_keys_cannot_post(client: str, status: int, request: pytest.FixtureRequest) -> None:
    answer = post(request.getfixturevalue(client), line())

    assert answer.status_code == status
    assert not Batch.objects.exists()
