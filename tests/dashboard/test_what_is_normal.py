"""A drift on its page: the fault it shares with failing rows, and accepting it as normal."""

import pytest
from django.test import Client

from ingest.models import ModelVersion, Project
from monitoring.models import Incident, NewNormal
from tests.dashboard.conftest import text_of
from tests.dashboard.drift_stories import failing_rows, next_version, two_days

DRIFT, ACCEPT = "/models/weather/versions/1/drift", "/incidents/WEATHER-1/new-normal"


@pytest.fixture
def weather(shop: Project) -> ModelVersion:
    return two_days(shop)


@pytest.mark.usefixtures("weather")
def test_accepting_needs_a_reason_and_is_shown(page_of: Client) -> None:
    assert page_of.post(ACCEPT, {"action": "accept", "reason": " "}).status_code == 400
    assert not NewNormal.objects.exists()
    assert page_of.post(ACCEPT, {"action": "accept", "reason": "Pa from now on"}).status_code == 302
    incident = text_of(page_of, "/incidents/WEATHER-1")
    assert "Accepted for version 1</strong> by ada" in incident
    assert "Accepted as the new normal</strong> by ada" in incident
    assert "Pa from now on" in incident
    assert Incident.objects.get(short_id="WEATHER-1").state == "resolved"
    drift = text_of(page_of, f"{DRIFT}?span=3d")
    assert "<h2>Accepted as normal</h2>" in drift
    assert "Pa from now on" in drift
    assert "and one more for each of the accepted normals" in drift


@pytest.mark.usefixtures("weather")
def test_taking_it_back(page_of: Client) -> None:
    page_of.post(ACCEPT, {"action": "accept", "reason": "Pa from now on"})
    page_of.post(ACCEPT, {"action": "withdraw", "reason": "hPa again"})
    assert "No longer accepted as normal</strong> by ada" in text_of(page_of, "/incidents/WEATHER-1")
    assert "Accepted as normal" not in text_of(page_of, DRIFT)
    assert Incident.objects.get(short_id="WEATHER-1").state == "open"


@pytest.mark.usefixtures("weather")
def test_charlie_accepts_nothing(charlie: Client, page_of: Client) -> None:
    assert charlie.post(ACCEPT, {"action": "accept", "reason": "mine"}).status_code == 404
    assert Client().post(ACCEPT, {"action": "accept", "reason": "mine"}).status_code == 302
    assert page_of.post(ACCEPT, {"action": "explode", "reason": "mine"}).status_code == 400
    assert not NewNormal.objects.exists()


def test_one_fault_seen_from_two_sides_is_resolved_once(page_of: Client, weather: ModelVersion) -> None:
    failing = failing_rows(weather)
    page = text_of(page_of, "/incidents/WEATHER-1")
    assert "The same fault, seen in failing rows" in page
    assert f'href="/incidents/{failing.short_id}"' in page
    assert "seen in the hours of the traffic" in text_of(page_of, f"/incidents/{failing.short_id}")
    listed = text_of(page_of, "/incidents")
    assert f'same fault as <a href="/incidents/{failing.short_id}">' in listed
    page_of.post("/incidents/WEATHER-1/state", {"state": "resolved", "reason": "mended", "same_fault": "on"})
    assert set(Incident.objects.filter(cause="input_unscaled").values_list("state", flat=True)) == {"resolved"}


def test_resolving_one_alone(page_of: Client, weather: ModelVersion) -> None:
    failing = failing_rows(weather)
    page_of.post("/incidents/WEATHER-1/state", {"state": "resolved"})
    failing.refresh_from_db()
    assert failing.state == "open"


def test_a_new_version_next_to_the_one_before(page_of: Client, weather: ModelVersion) -> None:
    next_version(weather)
    page = text_of(page_of, "/models/weather/versions/2/drift")
    assert "<h2>Compared with version 1</h2>" in page
    assert "500 rows of this version" in page
    incident = Incident.objects.get(last_version__version="2")
    assert incident.title.startswith("`pressure` is in another unit: 100 times larger since ")
