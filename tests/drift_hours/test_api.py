"""`GET /models/{name}/versions/{version}/drift`."""

from typing import Any

import numpy as np
import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from ingest.models import ModelVersion
from monitoring.drift_hours import judge_changed
from monitoring.models import DriftWindow
from tests.conftest import ApiClient
from tests.drift_hours.conftest import FEATURES, ordinary, post
from tests.incidents.builders import NOON, hours

pytestmark = pytest.mark.django_db
DRIFT = "/models/weather/versions/1/drift"
DAY = f"{DRIFT}?since=2026-03-01T00:00:00Z&until=2026-03-02T00:00:00Z"


def judge() -> None:
    DriftWindow.objects.update(changed_at=NOON)
    judge_changed()


@pytest.fixture
def drifted(watched: ModelVersion) -> ModelVersion:
    """Two clean hours, and one in which the pressure came in Pa."""
    for late in range(3):
        rows = ordinary(200, seed=late)
        if late == 2:
            rows[:, 1] *= 100
        post(watched, rows, NOON + hours(late))
    judge()
    return watched


@pytest.mark.usefixtures("drifted")
def test_it_works(alice: ApiClient, bob: ApiClient, charlie: ApiClient) -> None:
    answer = alice.get(DAY).json()
    assert (answer["model"], answer["version"]) == ("weather", "1")
    assert answer["reference"]["origin"] == "uploaded"
    assert answer["reference"]["rows"] == 4_000
    assert [(one["start"], one["rows"], one["alarm"]) for one in answer["windows"]] == [
        ("2026-03-01T12:00:00Z", 200, False),
        ("2026-03-01T13:00:00Z", 200, False),
        ("2026-03-01T14:00:00Z", 200, True),
    ]
    pressure = answer["windows"][2]["features"][0]
    assert (pressure["input"], pressure["name"], pressure["index"]) == ("inputs", "pressure", 1)
    assert pressure["out_of_range_rate"] == 1
    assert [fault["kind"] for fault in pressure["faults"]] == ["unit_change"]
    assert {alarm["kind"] for alarm in pressure["alarms"]} == {"out_of_range"}
    assert {one["name"] for one in answer["windows"][0]["features"]} == {*FEATURES, "outputs"}
    assert bob.get(DAY).json() == answer
    assert charlie.get(DAY).status_code == 404
    assert Client().get(f"/api/v1{DAY}").status_code == 401


@pytest.mark.usefixtures("drifted")
def test_the_promise_is_kept(alice: ApiClient) -> None:
    document = Client().get("/api/v1/schema", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    answers = document["paths"]["/api/v1/models/{name}/versions/{version}/drift"]["get"]["responses"]
    schema = answers["200"]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": document.get("components", {})}).validate(alice.get(DAY).json())


def test_long_spans_are_told_in_days_that_are_the_sum_of_their_hours(alice: ApiClient, watched: ModelVersion) -> None:
    for late in range(30):
        post(watched, ordinary(20, seed=late), NOON + hours(late))
    week = alice.get(f"{DRIFT}?since=2026-02-26T00:00:00Z&until=2026-03-05T00:00:00Z").json()["windows"]
    assert [(one["start"], one["end"], one["rows"]) for one in week] == [
        ("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", 12 * 20),
        ("2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z", 18 * 20),
    ]
    by_hour = alice.get(DAY).json()["windows"]
    assert len(by_hour) == 12


def test_nan_and_infinity_are_strict_json(alice: ApiClient, watched: ModelVersion) -> None:
    rows = np.full((10, 3), np.nan)
    rows[:5, 1] = -np.inf
    post(watched, rows)
    text = alice.get(DAY).content.decode()
    assert "NaN" not in text
    by_name = {one["name"]: one for one in alice.get(DAY).json()["windows"][0]["features"]}
    assert (by_name["temp"]["nan_rate"], by_name["pressure"]["inf_rate"]) == (1, 0.5)


@pytest.mark.usefixtures("drifted")
def test_limit_and_search(alice: ApiClient) -> None:
    def names(query: str) -> list[str]:
        return [one["name"] for one in alice.get(f"{DAY}&{query}").json()["windows"][0]["features"]]

    assert names("limit=1") == ["pressure"]
    assert names("feature=TEMP") == ["temp"]
    assert names("feature=nobody") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=yesterday", "since"),
        ("since=2026-13-01T00:00:00Z", "since"),
        ("until=2026-03-01T00:00:00Z&since=2026-03-01T00:00:00Z", "since"),
        ("since=2020-01-01T00:00:00Z&until=2026-03-01T00:00:00Z", "since"),
        ("until=0001-01-01T00:00:00%2B14:00", "until"),
        ("until=9999-12-31T23:59:59Z", "until"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=%C2%B2", "limit"),
        ("limit=99999999999999999999", "limit"),
    ],
)
@pytest.mark.usefixtures("watched")
def test_what_cannot_be_asked_is_refused_by_name(alice: ApiClient, query: str, field: str) -> None:
    answer = alice.get(f"{DRIFT}?{query}")
    assert answer.status_code == 400, answer.content
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_without_a_reference_there_is_nothing_to_tell(alice: ApiClient, version: ModelVersion) -> None:
    post(version, ordinary(10))
    answer: dict[str, Any] = alice.get(DAY).json()
    assert (answer["reference"], answer["windows"]) == (None, [])
    assert alice.get("/models/weather/versions/2/drift").status_code == 404


def test_the_traffics_own_reference_is_called_so(alice: ApiClient, version: ModelVersion) -> None:
    post(version, ordinary(1_200))
    answer = alice.get(DAY).json()
    assert (answer["reference"]["origin"], answer["reference"]["rows"]) == ("traffic", 1_000)
    assert answer["windows"][0]["rows"] == 200


@pytest.mark.parametrize("moment", ["1970-01-01T00:00:00Z", "9998-12-31T23:59:59Z", "2026-03-01T10:00:00+02:00"])
@pytest.mark.usefixtures("watched")
def test_any_moment_can_be_asked_for(alice: ApiClient, moment: str) -> None:
    assert alice.get(f"{DRIFT}?until={moment}").status_code == 200
