"""A model file from the browser, and the rows of an incident replayed through it."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from ingest.limits import MAX_FORM_BYTES
from ingest.models import ModelVersion, Project
from monitoring.models import Incident, OrderState, Verification
from tests.dashboard.conftest import text_of
from tests.incidents.builders import hit, make_version
from tests.ingest.conftest import keras_file

pytestmark = pytest.mark.django_db


def register(client: Client, **fields: Any) -> Any:
    form = {"name": "churn", "version": "8", "artifact": SimpleUploadedFile("m.keras", keras_file()), **fields}
    return client.post("/register", {name: value for name, value in form.items() if value is not None})


def test_all_fields_are_registered_in_the_project_that_is_looked_at(page_of: Client, shop: Project) -> None:
    metadata = {"features": ["age", "income"]}
    rows = SimpleUploadedFile("train.csv", b"age,income\n1,2\n3,4\n")
    answer = register(page_of, metadata=json.dumps(metadata), reference=rows)
    assert (answer.status_code, answer.url) == (302, "/models/churn/versions/8")
    version = ModelVersion.objects.get()
    assert (version.model.project, version.metadata, bool(version.reference_sha256)) == (shop, metadata, True)
    assert "a worker looks at it now" in text_of(page_of, answer.url)
    assert register(page_of).status_code == 302
    assert "registered before, with the same files" in text_of(page_of, answer.url)


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"name": "a b"}, 422, "name</code> must be 1 to 100 letters, digits, dots, underscores or hyphens"),
        ({"artifact": None}, 422, "artifact</code> is missing"),
        ({"artifact": SimpleUploadedFile("m.keras", b"hello")}, 422, "artifact</code> is"),
        ({"reference": SimpleUploadedFile("rows.xls", b"1")}, 422, "the types are"),
        ({"metadata": "{"}, 400, "metadata</code>"),
        ({"reference": [SimpleUploadedFile("a.csv", b"1"), SimpleUploadedFile("b.csv", b"1")]}, 422, "is given twice"),
        ({"owner": "me"}, 422, "owner</code> is not a field of a registration"),
    ],
)
def test_what_cannot_be_registered_is_refused_with_the_field_and_what_was_typed_stays(
    page_of: Client, fields: dict[str, Any], status: int, said: str
) -> None:
    answer = register(page_of, **{"version": "8-rc<1", **fields} if "name" in fields else fields)
    assert answer.status_code == status
    text = answer.content.decode()
    assert said in text
    assert ('value="8-rc&lt;1"' if "name" in fields else 'value="8"') in text
    assert not ModelVersion.objects.exists()


def test_another_file_under_the_same_version_is_a_conflict(page_of: Client) -> None:
    register(page_of)
    other = SimpleUploadedFile("m.h5", b"\x89HDF\r\n\x1a\n" + bytes(100) + b"model_config" + bytes(100))
    answer = register(page_of, artifact=other)
    assert answer.status_code == 409
    assert "register this one under another version" in answer.content.decode()


def test_a_form_that_is_too_long_is_refused_before_it_is_read(page_of: Client) -> None:
    too_long, kind = str(MAX_FORM_BYTES + 1), "multipart/form-data; boundary=x"
    answer = page_of.post("/register", b"--x\r\n", content_type=kind, CONTENT_LENGTH=too_long)
    assert answer.status_code == 413
    assert "a model of this size is not taken" in answer.content.decode()


def test_rows_of_an_incident_are_replayed_through_it(page_of: Client, shop: Project) -> None:
    incident = hit(make_version(shop))
    form = text_of(page_of, "/register?incident=CHURN-1")
    assert 'name="name" value="churn"' in form
    answer = register(page_of, incident="CHURN-1")
    assert (answer.status_code, answer.url) == (302, "/incidents/CHURN-1")
    asked = Verification.objects.get()
    assert (asked.incident, asked.version.version, asked.state) == (incident, "8", OrderState.WAITING)


def test_a_cured_incident_is_resolved_by_one_button(page_of: Client, shop: Project) -> None:
    hit(make_version(shop))
    register(page_of, incident="CHURN-1")
    Verification.objects.update(state=OrderState.DONE, answered_at=timezone.now(), rows=4, cured=3)
    assert "Resolve: all" not in text_of(page_of, "/incidents/CHURN-1")
    Verification.objects.update(cured=4)
    page = text_of(page_of, "/incidents/CHURN-1")
    assert "Resolve: all 4 rows cured" in page
    assert 'name="reason" value="Version 8 cures 4 of 4 rows"' in page
    page_of.post("/incidents/CHURN-1/state", {"state": "resolved", "reason": "Version 8 cures 4 of 4 rows"})
    assert Incident.objects.get().state == "resolved"
    assert "Resolve: all" not in text_of(page_of, "/incidents/CHURN-1")


def test_charlie_registers_nothing_in_the_shop(charlie: Client, shop: Project) -> None:
    hit(make_version(shop))
    assert register(charlie, incident="CHURN-1").status_code == 404
    assert register(charlie).status_code == 302
    assert not shop.models.filter(versions__version="8").exists()


def test_it_needs_a_login_and_the_token_of_its_form(ada: User) -> None:
    assert register(Client()).url.startswith("/login")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    assert register(strict).status_code == 403
    strict.get("/register")
    assert register(strict, csrfmiddlewaretoken=strict.cookies["csrftoken"].value).status_code == 302


def test_the_audit_of_a_new_version_comes_by_itself(page_of: Client) -> None:
    register(page_of)
    assert 'hx-select="#audit"' in text_of(page_of, "/models/churn/versions/8")
