"""What the API answers is what its OpenAPI document promises."""

from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from tests.api.conftest import Caller
from tests.dashboard.stories import bad_night
from tests.incidents.builders import NOON, hit, make_finding, make_version


@pytest.fixture
def promised(db: None) -> dict[str, Any]:  # noqa: ARG001
    answer = Client().get("/api/v1/schema", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("/incidents", "/incidents"),
        ("/incidents/{short_id}", "/incidents/CHURN-1"),
        ("/incidents/{short_id}", "/incidents/TRANSLATE-1"),
        ("/incidents/{short_id}", "/incidents/TRANSLATE-2"),
        ("/incidents/{short_id}", "/incidents/DRIFTY-1"),
        ("/models", "/models"),
        ("/models/{name}", "/models/churn"),
        ("/models/{name}/versions/{version}", "/models/churn/versions/7"),
        ("/models/{name}/versions/{version}", "/models/churn/versions/8"),
    ],
)
def test_answers_keep_the_promise(shop: Caller, promised: dict[str, Any], path: str, call: str) -> None:
    bad_night(shop.project)
    hit(make_version(shop.project, "drifty"), NOON, [make_finding(symptom="drift", cause=None, origin=None)])
    answers = promised["paths"][f"/api/v1{path}"]["get"]["responses"]
    schema = answers["200"]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": promised.get("components", {})}).validate(shop.get(call))


def test_refusals_keep_it_too(shop: Caller, promised: dict[str, Any]) -> None:
    answers = promised["paths"]["/api/v1/incidents/{short_id}"]["get"]["responses"]
    schema = answers["404"]["content"]["application/problem+json"]["schema"]
    Draft202012Validator(schema).validate(shop.get("/incidents/NOBODY-1", 404))
