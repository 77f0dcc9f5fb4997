"""Who gets the reproduction of an incident, and what is in it."""

import io
import json
import zipfile

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.test import Client

from ingest.models import Batch, Project
from monitoring.models import Incident
from tests.conftest import ApiClient
from tests.incidents.builders import NOON, hit, hours, make_version

pytestmark = pytest.mark.django_db
PATH = "/incidents/CHURN-1/reproduction"


@pytest.fixture
def incident(project: Project) -> Incident:
    return hit(make_version(project))


def test_it_works(alice: ApiClient, incident: Incident) -> None:
    answer = alice.get(PATH, headers={"Accept": "application/zip"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == 'attachment; filename="CHURN-1-reproduction.zip"'
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.namelist() == ["reproduce.py", "rows.npz", "incident.json", "README.txt"]
    with np.load(io.BytesIO(archive.read("rows.npz"))) as rows:
        assert np.isnan(rows["inputs"]).tolist() == [[False, True, False]] * 2
    claims = json.loads(archive.read("incident.json"))
    assert claims["artifact"] == {"format": "keras", "sha256": "a" * 64}
    assert [(row["row"], row["id"]) for row in claims["rows"]] == [(0, "req-0"), (2, "req-2")]
    readme = archive.read("README.txt").decode()
    assert "a" * 64 in readme
    assert incident.title in readme


def test_rows_of_one_batch_and_one_version_only(alice: ApiClient, incident: Incident) -> None:
    hit(make_version(incident.project, version="8"), NOON + hours(1))
    archive = zipfile.ZipFile(io.BytesIO(alice.get(PATH).content))
    claims = json.loads(archive.read("incident.json"))
    assert claims["version"] == "8"
    assert len({row["batch"] for row in claims["rows"]}) == 1
    assert len(claims["rows"]) == 2


@pytest.mark.usefixtures("incident")
def test_a_stranger_finds_nothing(charlie: ApiClient) -> None:
    assert charlie.get(PATH).status_code == 404
    page = Client()
    assert page.get(PATH).status_code == 302
    page.force_login(User.objects.create_user("charlie"))
    assert page.get(PATH).status_code == 404


def test_when_no_row_is_kept(bob: ApiClient, incident: Incident) -> None:
    Batch.objects.get(hits__incident=incident).delete()
    answer = bob.get(PATH)
    assert answer.status_code == 404
    assert "no longer kept" in answer.json()["detail"]
    assert answer["Content-Type"] == "application/problem+json"


def test_the_button(incident: Incident) -> None:
    ada = User.objects.create_user("ada")
    incident.project.members.add(ada)
    page = Client()
    page.force_login(ada)
    assert f'href="{PATH}"' in page.get("/incidents/CHURN-1").content.decode()
    assert zipfile.is_zipfile(io.BytesIO(page.get(PATH).content))


def test_it_is_documented() -> None:
    schema = Client().get("/api/v1/schema", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    documented = schema["paths"]["/api/v1/incidents/{short_id}/reproduction"]["get"]["responses"]
    assert documented["200"]["content"] == {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
    assert set(documented) == {"200", "401", "403", "404"}
