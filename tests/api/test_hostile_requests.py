"""Requests that no program makes: each is refused by name, none makes the service fail."""

import json
from typing import Any

import pytest

from tests.conftest import ApiClient
from tests.incidents.builders import make_version

pytestmark = pytest.mark.django_db

DEEP = '{"a":' * 500 + "1" + "}" * 500
BODIES = [
    "[" * 5000,
    "{" * 5000,
    DEEP,
    '"\\ud800"',
    '{"state": "\\ud800"}',
    '{"state": ["open"]}',
    '{"\\u0000": 1}',
    "1e999",
    "NaN",
]
CURSORS = [
    "x",
    "%00",
    "%ff%fe",
    "p" * 5000,
    "cD0%3D",
    "cj0xJnA9YWJj",
    "cD0yMDIwAA%3D%3D",
    "cD0lMDA%3D",
    "cD1OYU4%3D",
    "bz0tMQ%3D%3D",
]
LISTS = [
    "/incidents?cursor=",
    "/models?cursor=",
    "/incidents?model=",
    "/incidents?state=",
    "/models/",
    "/batches/",
    "/incidents/",
]
METHODS = ["get", "post", "put", "patch", "delete", "options", "head", "trace"]
ROWS = {"model": "churn", "version": "1", "inputs": [[1.0]]}
SURROGATE = "\ud800"


@pytest.fixture
def caller(alice: ApiClient) -> ApiClient:
    make_version(alice.project, "churn", "1")
    return alice


def send(caller: ApiClient, method: str, path: str, body: str | None = None) -> Any:
    sent = {} if body is None else {"data": body.encode(), "content_type": "application/json"}
    return getattr(caller._client, method)(f"/api/v1{path}", **sent)


@pytest.mark.parametrize("path", ["/docs", "/schema"])
@pytest.mark.parametrize("method", METHODS)
def test_documentation_with_a_key(caller: ApiClient, path: str, method: str) -> None:
    assert send(caller, method, path).status_code in (200, 405)


@pytest.mark.parametrize("name", ["x", "api", "../x", "%00"])
@pytest.mark.parametrize("path", ["/schema", "/incidents", "/models"])
def test_formats_that_are_none(caller: ApiClient, path: str, name: str) -> None:
    answer = send(caller, "get", f"{path}?format={name}")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["status"] == 404


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("text", CURSORS)
def test_places_that_are_none(caller: ApiClient, path: str, text: str) -> None:
    assert send(caller, "get", path + text).status_code in (200, 400, 404, 422)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(("method", "path"), [("patch", "/incidents/CHURN-1"), ("post", "/samples")])
def test_bodies_that_are_none(caller: ApiClient, method: str, path: str, body: str) -> None:
    assert send(caller, method, path, body).status_code in (400, 404, 422)


@pytest.mark.parametrize(
    "change",
    [
        {"model": SURROGATE},
        {"version": SURROGATE},
        {"model": "churn\0"},
        {"inputs": {SURROGATE: [1.0]}},
        {"ids": [SURROGATE]},
        {"environment": {SURROGATE: SURROGATE}},
        {"environment": json.loads(DEEP)},
        {"observed_at": SURROGATE},
        {"observed_at": "0001-01-01T00:00:00+23:59"},
        {"signature": SURROGATE},
    ],
)
def test_texts_that_no_database_keeps(caller: ApiClient, change: dict[str, Any]) -> None:
    answer = send(caller, "post", "/samples", json.dumps({**ROWS, **change}))

    assert answer.status_code in (404, 422)
    assert answer.json()["errors"][0]["field"].split(".")[0].split("[")[0] in (*change, "row_errors")
