"""`PUT` and `DELETE /incidents/{id}/new_normal`."""

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from ingest.models import ModelVersion
from monitoring.models import NewNormal
from tests.conftest import ApiClient
from tests.drift_hours.test_new_normal import judged, kelvin
from tests.incidents.builders import hit

pytestmark = pytest.mark.django_db
PATH = "/incidents/WEATHER-1/new_normal"
BODY = {"reason": "the sensor sends Kelvin now"}


@pytest.fixture
def drifted(watched: ModelVersion) -> ModelVersion:
    judged(watched, 0, kelvin(0), kelvin(1))
    return watched


@pytest.mark.usefixtures("drifted")
def test_it_works(alice: ApiClient) -> None:
    answer = alice.put(PATH, BODY)
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert found["state"] == "resolved"
    normal = found["new_normal"]
    at = normal.pop("accepted_at")
    assert at.endswith("Z")
    assert normal == {
        "incident": "WEATHER-1",
        "version": "1",
        "since": "2026-03-01T12:00:00Z",
        "until": "2026-03-01T14:00:00Z",
        "hours": 2,
        "rows": 400,
        "features": ["temp", "outputs"],
        "reason": "the sensor sends Kelvin now (through the API, key alice)",
        "accepted_by": None,
    }
    drift = alice.get("/models/weather/versions/1/drift").json()
    assert [one["incident"] for one in drift["new_normals"]] == ["WEATHER-1"]
    assert drift["allowed_false_alarms"] == {"alarms": 2, "days": 30}


@pytest.mark.usefixtures("drifted")
def test_it_can_be_taken_back(alice: ApiClient) -> None:
    alice.put(PATH, BODY)
    found = alice.delete(PATH, {"reason": "it was a mistake"}).json()
    assert (found["state"], found["new_normal"]) == ("open", None)
    assert alice.delete(PATH, BODY).status_code == 422


@pytest.mark.usefixtures("drifted")
@pytest.mark.parametrize("body", [{}, {"reason": "  "}, {"reason": 7}, {"reason": "a\x00"}, [], {"reason": None}])
def test_a_reason_is_asked_for(alice: ApiClient, body: object) -> None:
    answer = alice.put(PATH, body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "reason"
    assert not NewNormal.objects.exists()


@pytest.mark.usefixtures("drifted")
def test_who_may_do_it(alice: ApiClient, bob: ApiClient, charlie: ApiClient) -> None:
    assert bob.put(PATH, BODY).status_code == 403, "a key that reads changes nothing"
    assert charlie.put(PATH, BODY).status_code == 404
    assert Client().put(f"/api/v1{PATH}", BODY, content_type="application/json").status_code == 401
    assert not NewNormal.objects.exists()
    alice.put(PATH, BODY)
    assert bob.delete(PATH, BODY).status_code == 403
    assert charlie.delete(PATH, BODY).status_code == 404
    assert NewNormal.objects.get().withdrawn is None


def test_only_drift_becomes_normal(alice: ApiClient, watched: ModelVersion) -> None:
    hit(watched)
    answer = alice.put(PATH, BODY)
    assert answer.status_code == 422
    assert "only drift" in answer.json()["detail"]


@pytest.mark.usefixtures("drifted")
def test_the_promise_is_kept(alice: ApiClient) -> None:
    document = Client().get("/api/v1/schema", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    call = document["paths"]["/api/v1/incidents/{short_id}/new_normal"]["put"]
    schema = call["responses"]["200"]["content"]["application/json"]["schema"]
    answer = alice.put(PATH, BODY).json()
    Draft202012Validator({**schema, "components": document.get("components", {})}).validate(answer)
