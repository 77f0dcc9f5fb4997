"""JSON bodies that nobody should send: each is refused by the name of its field, and nothing is stored."""

import json
from typing import Any

import pytest

from tests.conftest import ApiClient
from tests.ingest.refusals import refused

JSON = "application/json"

pytestmark = pytest.mark.usefixtures("churn")


def batch(**fields: Any) -> bytes:
    return json.dumps({"model": "churn", "version": "7", "inputs": [[1]], **fields}).encode()


def raw(inputs: str) -> bytes:
    return f'{{"model": "churn", "version": "7", "inputs": {inputs}}}'.encode()


@pytest.mark.parametrize(
    ("body", "status", "field", "message"),
    [
        pytest.param(batch(model="none"), 404, "model", "not registered", id="unknown model"),
        pytest.param(batch(version="8"), 404, "version", "not registered", id="unknown version"),
        pytest.param(batch(model="a\0b"), 404, "model", "no name can hold", id="NUL in the model"),
        pytest.param(batch(model=None), 422, "model", "as a text", id="no model"),
        pytest.param(batch(version=7), 422, "version", "as a text", id="version as a number"),
        pytest.param(batch(inputs={"a": [[1]], "b": [1, [2]]}), 422, "inputs.b", "row 1", id="mixed depth"),
        pytest.param(batch(inputs=[[[1], [2, 3]]]), 422, "inputs", "row 0 is ragged", id="ragged inside"),
        pytest.param(batch(inputs=[[{}]]), 422, "inputs", "row 0 holds an object", id="objects as cells"),
        pytest.param(batch(inputs=[]), 422, "inputs", "no rows", id="empty batch"),
        pytest.param(batch(inputs=[[]]), 422, "inputs", "no values", id="empty rows"),
        pytest.param(batch(inputs={}), 422, "inputs", "no tensors", id="no tensors"),
        pytest.param(batch(inputs={"": [1]}), 422, "inputs", "1 to 200", id="nameless tensor"),
        pytest.param(batch(inputs=None), 422, "inputs", "is missing", id="no inputs"),
        pytest.param(batch(inputs="x"), 422, "inputs", "not a text", id="text for rows"),
        pytest.param(batch(inputs=["\ud800"]), 422, "inputs", "surrogate", id="lone surrogate"),
        pytest.param(batch(inputs={"a": [1], "b": [1, 2]}), 422, "inputs.b", "2 rows", id="unequal inputs"),
        pytest.param(batch(outputs=[[1], [2]]), 422, "outputs", "2 rows", id="unequal outputs"),
        pytest.param(batch(inputs=[1] * 100_001), 413, "inputs", "100,000", id="too many rows"),
        pytest.param(raw("[[" + "0," * 8_000_000 + "0]]"), 413, "body", "8,000,000 values", id="too many values"),
        pytest.param(raw("[" + "[]," * 2_000_000 + "[]]"), 413, "body", "2,000,000 lists", id="too many lists"),
        pytest.param(batch(inputs=[[[[[[[[[1]]]]]]]]]), 413, "inputs", "9 axes", id="too many axes"),
        pytest.param(
            batch(inputs={str(n): [1] for n in range(2001)}),
            413,
            "inputs",
            "limit is 2000",
            id="too many tensors",
        ),
        pytest.param(
            batch(inputs=["x"] * 20_000 + ["y" * 1000]), 413, "inputs", "64 MiB", id="texts that pad to 80 MB"
        ),
        pytest.param(batch(ids=["a", "b"]), 422, "ids", "2 entries for 1 rows", id="unequal ids"),
        pytest.param(batch(ids=[1]), 422, "ids", "list of texts", id="ids as numbers"),
        pytest.param(batch(ids=["a\0"]), 422, "ids", "NUL", id="NUL in an id"),
        pytest.param(batch(ids=["a" * 201]), 422, "ids", "200", id="long id"),
        pytest.param(batch(observed_at="2026-01-02T03:04:05"), 422, "observed_at", "offset", id="naive time"),
        pytest.param(batch(observed_at="yesterday"), 422, "observed_at", "ISO 8601", id="no time"),
        pytest.param(batch(observed_at=1e9), 422, "observed_at", "ISO 8601", id="time as a number"),
        pytest.param(batch(observed_at="0001-01-01T00:00:00+14:00"), 422, "observed_at", "1970", id="year 0"),
        pytest.param(batch(observed_at="9999-12-31T23:59:59-12:00"), 422, "observed_at", "clock", id="future"),
        pytest.param(batch(environment=[1]), 422, "environment", "an object", id="environment as a list"),
        pytest.param(batch(environment={"a": "b" * 17_000}), 413, "environment", "16 KiB", id="environment"),
        pytest.param(batch(environment={"a": float("nan")}), 422, "environment.a", "finite", id="NaN outside"),
        pytest.param(batch(environment={"a\0": 1}), 422, "environment", "NUL", id="NUL in a key"),
        pytest.param(batch(rows=[[1]]), 422, "rows", "the fields are model", id="unknown field"),
        pytest.param(raw('[1], "inputs": [2]'), 400, "body", "'inputs' twice", id="duplicate field"),
        pytest.param(raw("[" * 40_000), 400, "body", "too deeply", id="40,000 deep"),
        pytest.param(raw("[" * 500 + "]" * 500), 413, "inputs", "axes", id="500 deep"),
        pytest.param(raw(f"[{'{},' * 10_001}1]"), 413, "body", "10,000 objects", id="too many objects"),
        pytest.param(b"\x93" * 10_000_000, 400, "body", "not UTF-8", id="10 MB of garbage"),
        pytest.param(b"x" * 10_000_000, 400, "body", "not JSON", id="10 MB of text"),
        pytest.param(b"[1, 2]", 400, "body", "JSON object", id="a list"),
        pytest.param(b" ", 400, "body", "not JSON", id="nothing"),
        pytest.param(batch()[:-1], 400, "body", "line 1", id="cut off"),
    ],
)
def test_json(alice: ApiClient, body: bytes, status: int, field: str, message: str) -> None:
    assert message in refused(alice.post("/samples", body, content_type=JSON), status, field)


@pytest.mark.parametrize("kind", ["text/csv", "application/vnd.apache.arrow.file", ""])
def test_other_content_types(alice: ApiClient, kind: str) -> None:
    message = refused(alice.post("/samples", batch(), content_type=kind), 415, "Content-Type")

    assert "application/json, application/x-npz" in message


def test_bodies_packed_otherwise_than_with_gzip(alice: ApiClient) -> None:
    answer = alice.post("/samples", batch(), content_type=JSON, headers={"Content-Encoding": "br"})

    refused(answer, 415, "Content-Encoding")


def test_a_body_over_the_limit_is_not_read(alice: ApiClient) -> None:
    answer = alice.post("/samples", batch(), content_type=JSON, CONTENT_LENGTH=str(2**27))

    assert "64 MiB" in refused(answer, 413, "body")
