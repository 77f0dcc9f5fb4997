"""CloudEvents of KServe's inference logger: what the two halves of a call hold."""

import json

import numpy as np
import pytest

from ingest.models import Batch, ModelVersion, WaitingHalf
from nantrace.tensors.framing import unpack_tensors
from nantrace.tensors.tensor import Sent
from tests.conftest import ApiClient
from tests.ingest.refusals import refused
from tests.ingest.wires.recorded import groups_of, post_event

MISSING = int(Sent.MISSING)


def test_it_works(alice: ApiClient, churn: ModelVersion) -> None:
    first = post_event(alice, "v1_request.json")
    second = post_event(alice, "v1_response.json")

    assert (first.status_code, first.json()) == (200, {"batch": None, "state": "waiting"})
    batch = Batch.objects.get()
    answer = {"batch": batch.pk, "state": "stored", "rows": 2, "nonfinite_rows": 1}
    assert (second.status_code, second.json()) == (200, answer)
    assert not WaitingHalf.objects.exists()
    assert (batch.version, batch.unanswered) == (churn, False)
    assert batch.row_ids == [f"0009174a-24a8-4603-b098-09c8799950e9/{row}" for row in (0, 1)]
    assert batch.observed_at.isoformat() == "2026-11-20T00:23:26.078952+00:00"
    groups = groups_of(batch)
    np.testing.assert_array_equal(groups["inputs"].by_name["inputs"].values[0], [6.8, np.nan, 4.8, 1.4])
    (outputs,) = groups["outputs"]
    assert outputs.sent is not None
    assert outputs.sent.tolist() == [MISSING, 0]


@pytest.mark.usefixtures("churn")
def test_protocol_2(alice: ApiClient) -> None:
    post_event(alice, "v2_response.json")
    answer = post_event(alice, "v2_request.json")

    assert answer.json()["state"] == "stored", answer.content
    groups = groups_of(Batch.objects.get())
    inputs = groups["inputs"].by_name
    assert inputs["age"].values.dtype == np.float32
    assert inputs["age"].missing().tolist() == [[False], [True]]
    assert inputs["city"].values.tolist() == [["Kiel"], ["NaN"]]
    assert groups["outputs"].by_name["score"].values.dtype == np.float64


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize("metadata", [None, "{}", "null", "[" * 2000])
def test_raw_tensors(alice: ApiClient, metadata: str | None) -> None:
    """With the header that says where they begin among the kept ones, and without it, as the logger drops it."""
    changed = {} if metadata is None else {"Ce-Metadata": metadata}
    post_event(alice, "v2_binary_request.bin", changed)
    answer = post_event(alice, "v2_binary_response.bin", changed)

    assert answer.json()["state"] == "stored", answer.content
    groups = groups_of(Batch.objects.get())
    x = groups["inputs"].by_name["x"].values
    assert x.view("<u4").tolist()[0] == [0x3FC00000, 0x7FC00ABC, 0x80000000]
    assert x[1].tolist() == [np.inf, np.float32(1e-45), 3]
    assert groups["inputs"].by_name["flag"].values.tolist() == [[True], [False]]
    assert groups["inputs"].by_name["city"].values.tolist() == ["Kiel", "Köln"]
    assert groups["outputs"].by_name["score"].values.dtype == np.float16


@pytest.mark.usefixtures("churn")
def test_the_service_names_the_model_unless_the_url_does(alice: ApiClient) -> None:
    other = post_event(alice, "v1_request.json", {"Ce-Inferenceservicename": "iris"})
    named = post_event(alice, "v1_request.json", {"Ce-Inferenceservicename": "iris"}, url="?model=churn&version=7")

    assert (other.status_code, named.status_code) == (404, 200)


@pytest.mark.usefixtures("churn")
def test_a_response_that_is_an_error_leaves_the_request_unanswered(alice: ApiClient) -> None:
    post_event(alice, "v1_request.json")
    post_event(alice, "v1_response.json", body=b'{"error": "out of range float values are not JSON compliant"}')

    batch = Batch.objects.get()
    assert batch.unanswered
    assert groups_of(batch).keys() == {"inputs"}


@pytest.mark.usefixtures("churn")
def test_an_answer_to_other_rows_is_no_answer(alice: ApiClient) -> None:
    post_event(alice, "v1_response.json", body=b'{"predictions": [1, 2, 3]}')
    answer = post_event(alice, "v1_request.json")

    assert answer.json()["state"] == "stored"
    assert Batch.objects.get().unanswered


@pytest.mark.usefixtures("churn")
def test_numbers_that_the_datatype_cannot_hold_are_told_from_infinities(alice: ApiClient) -> None:
    body = b'{"inputs": [{"name": "x", "shape": [4], "datatype": "FP32", "data": [1e39, Infinity, null, 1e38]}]}'
    post_event(alice, "v2_request.json", body=body)

    half = unpack_tensors(bytes(WaitingHalf.objects.get().payload))["tensors"].by_name["x"]
    assert half.values.tolist()[:2] == [np.inf, np.inf]
    assert half.sent is not None
    assert half.sent.tolist() == [Sent.OVERFLOW, Sent.VALUE, Sent.MISSING, Sent.VALUE]


def v2(**tensor: object) -> bytes:
    whole = {"name": "x", "shape": [2], "datatype": "FP32", "data": [1, 2], **tensor}
    return json.dumps({"inputs": [{key: value for key, value in whole.items() if value is not None}]}).encode()


def raw(size: int, behind: bytes, **tensor: object) -> bytes:
    return v2(**{"data": None, "parameters": {"binary_data_size": size}, **tensor}) + behind


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize(
    ("body", "status", "field", "message"),
    [
        (b"", 400, "request", "not JSON"),
        (b'{"b64": "YQ=="}', 422, "request", "neither"),
        (b'{"inputs": 7}', 422, "request.inputs", "list of rows"),
        (v2(shape=[3]), 422, "request.x", "its shape says 3"),
        (v2(shape=[-1]), 422, "request.x", "no shape"),
        (v2(shape=[2.0]), 422, "request.x", "no shape"),
        (v2(shape=[1 << 40, 1 << 40]), 413, "request.x", "rows"),
        (v2(shape=[]), 422, "request.x", "single value"),
        (v2(shape=[0]), 422, "request.x", "no rows"),
        (v2(datatype="FP99"), 422, "request.x", "FP99"),
        (v2(datatype="INT8", data=[1, 300]), 422, "request.x", "cannot hold"),
        (v2(datatype="INT8", data=[1, 1.5]), 422, "request.x", "not INT8"),
        (v2(datatype="BOOL", data=[1, 0]), 422, "request.x", "not BOOL"),
        (v2(datatype="BYTES", data=["a", 0]), 422, "request.x", "not BYTES"),
        (v2(data=["a", "b"]), 422, "request.x", "not FP32"),
        (v2(data=[[1], [2, 3]]), 422, "request.x", "ragged|lengths"),
        (v2(name=7), 422, "request", "without a name"),
        (v2(data=None), 422, "request.x", "no `data`"),
        (raw(8, bytes(7)), 400, "request.x", "holds 7 bytes"),
        (raw(8, bytes(9)), 400, "request", "9 bytes"),
        (raw(4, bytes(4)), 400, "request.x", "8 bytes"),
        (raw(1 << 50, bytes(4)), 400, "request.x|request", ""),
        (raw(8, b"\xff\xff\xff\xff1234", datatype="BYTES"), 400, "request.x", "texts"),
        (raw(4, bytes(4), datatype="BYTES", shape=[10_000, 101]), 413, "request.x", "1,000,000"),
        (b'{"inputs": [[1]]}' + b"binary_data_size", 422, "request", "after its JSON"),
        (v2()[:-1] + b', "inputs": []}', 400, "request", "twice"),
    ],
)
def test_what_is_refused(alice: ApiClient, body: bytes, status: int, field: str, message: str) -> None:
    answer = post_event(alice, "v1_request.json", body=body)

    (error,) = answer.json()["errors"]
    assert error["field"] in field.split("|")
    assert any(part in refused(answer, status, error["field"]) for part in message.split("|"))
    assert not WaitingHalf.objects.exists()


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize(
    ("changed", "url", "field"),
    [
        ({"Ce-Type": "dev.example"}, "", "ce-type"),
        ({"Ce-Id": ""}, "", "ce-id"),
        ({"Ce-Id": "x" * 201}, "", "ce-id"),
        ({"Ce-Time": "yesterday"}, "", "ce-time"),
        ({"Inference-Header-Content-Length": "-1"}, "", "Inference-Header-Content-Length"),
        ({}, "?model=churn", "version"),
    ],
)
def test_wrong_attributes(alice: ApiClient, changed: dict[str, str], url: str, field: str) -> None:
    refused(post_event(alice, "v1_request.json", changed, url=url), 422, field)


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize(("client", "status"), [("bob", 403), ("charlie", 404)])
def test_other_keys_cannot_post(client: str, status: int, request: pytest.FixtureRequest) -> None:
    answer = post_event(request.getfixturevalue(client), "v1_request.json")

    assert answer.status_code == status
    assert not WaitingHalf.objects.exists()


@pytest.mark.usefixtures("churn")
def test_projects_do_not_share_ids(alice: ApiClient, charlie: ApiClient) -> None:
    model = charlie.project.models.create(name="churn")
    ModelVersion.objects.create(model=model, version="7", artifact_format="keras", artifact_path="x", artifact_bytes=1)

    post_event(charlie, "v1_request.json")
    answer = post_event(alice, "v1_response.json")

    assert answer.json()["state"] == "waiting"


@pytest.mark.usefixtures("churn")
@pytest.mark.parametrize("component", ["transformer", "Explainer"])
@pytest.mark.parametrize("order", ["tq pq pr tr", "pq tq tr pr", "pq pr tq tr", "tr tq pr pq"])
def test_what_other_components_log_is_not_what_the_model_was_asked(
    alice: ApiClient, component: str, order: str
) -> None:
    raw = b'{"instances": [{"picture": {"b64": "aGVsbG8="}}]}'
    events: dict[str, tuple[str, dict[str, str], bytes | None]] = {
        "tq": ("v1_request.json", {"Ce-Component": component}, raw),
        "tr": ("v1_response.json", {"Ce-Component": component}, b'{"predictions": [{"label": "cat"}, 1, "x"]}'),
        "pq": ("v1_request.json", {}, None),
        "pr": ("v1_response.json", {}, None),
    }

    answers = {}
    for step in order.split():
        name, changed, body = events[step]
        answers[step] = post_event(alice, name, changed, body=body).json()["state"]

    assert (answers["tq"], answers["tr"]) == ("ignored", "ignored")
    assert sorted([answers["pq"], answers["pr"]]) == ["stored", "waiting"]
    batch = Batch.objects.get()
    assert (batch.rows, batch.unanswered) == (2, False)
    assert not WaitingHalf.objects.exists()


@pytest.mark.usefixtures("churn")
def test_rows_of_other_lengths_are_stored_apart_and_bad_ones_left_out(alice: ApiClient) -> None:
    request = b'{"instances": [[1], [2, 3], {}, [4]], "signature_name": "compare"}'
    post_event(alice, "v1_request.json", body=request)
    answer = post_event(alice, "v1_response.json", body=b'{"predictions": [[0.1], [0.2], [0.3], [0.4]]}')

    found = answer.json()
    assert (answer.status_code, found["state"], found["rows"]) == (200, "stored", 3), answer.content
    assert found["row_errors"]["rejected"] == 1
    batches = [Batch.objects.get(pk=key) for key in found["batches"]]
    assert [batch.signature for batch in batches] == ["compare", "compare"]
    first, second = (
        {name: side.by_name[name].values.tolist() for name, side in groups_of(one).items()} for one in batches
    )
    assert first == {"inputs": [[1], [4]], "outputs": [[0.1], [0.4]]}
    assert second == {"inputs": [[2, 3]], "outputs": [[0.2]]}
