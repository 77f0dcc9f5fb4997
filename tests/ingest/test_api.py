"""What holds for every call of the API: keys, problems, strict JSON, documentation, health."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from jsonschema import Draft202012Validator
from pytest_django import Settings
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from ingest.api.answers import StrictJSONRenderer
from ingest.models import ApiKey, Project, Scope
from tests.conftest import ApiClient


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document.keys() == {"type", "title", "status", "detail", "errors"}
    assert document["status"] == status
    return document


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["", "Basic YTpi", "Bearer", "Bearer wrong", "Bearer \xfc"])
def test_without_a_known_key(header: str) -> None:
    answer = Client(headers={"Authorization": header}).post("/api/v1/samples")

    problem(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_key_is_no_key(alice: ApiClient) -> None:
    ApiKey.objects.update(revoked_at=timezone.now())

    problem(alice.post("/samples"), 401)


@pytest.mark.parametrize(("path", "scope"), [("/samples", Scope.INGEST), ("/models", Scope.MODELS)])
def test_every_call_asks_for_its_scope(project: Project, path: str, scope: Scope) -> None:
    others = ApiClient.of(project, "others", [one for one in Scope if one != scope])

    assert scope in problem(others.post(path), 403)["detail"]
    assert ApiClient.of(project, "one", [scope]).post(path).status_code not in (401, 403)


def test_other_methods(alice: ApiClient) -> None:
    problem(alice.get("/samples"), 405)


@pytest.mark.parametrize("path", ["/nothing", "/samples/", "/models/a/b/c"])
def test_unknown_addresses(alice: ApiClient, path: str) -> None:
    problem(alice.get(path), 404)


def test_a_key_never_stands_in_the_database_in_clear(alice: ApiClient) -> None:
    columns = ", ".join(str(value) for value in ApiKey.objects.values_list()[0])

    assert alice.secret not in columns


def test_an_error_of_ours_says_nothing_about_us(alice: ApiClient, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(APIView):
        required_scopes = {"GET": Scope.READ}

        def get(self, _: object) -> Response:
            raise RuntimeError("a detail of ours")

    headers = {"Authorization": f"Bearer {alice.secret}"}
    answer = Broken.as_view()(APIRequestFactory().get("/", headers=headers))

    assert answer.status_code == 500
    assert b"a detail of ours" not in answer.content
    assert "a detail of ours" in caplog.text
    assert alice.secret not in caplog.text


def test_answers_are_strict_json() -> None:
    data = {"a": [float("nan"), float("inf")], "b": {"c": np.float32("-inf")}, "d": np.array([1.5, np.nan])}

    text = StrictJSONRenderer().render(data)

    assert json.loads(text, parse_constant=pytest.fail) == {
        "a": ["NaN", "Infinity"],
        "b": {"c": "-Infinity"},
        "d": [1.5, "NaN"],
    }


def test_the_schema_describes_what_may_be_sent() -> None:
    answer = Client().get("/api/v1/schema", headers={"Accept": "application/vnd.oai.openapi+json"})

    document = json.loads(answer.content)
    assert document["openapi"].startswith("3.")
    body = document["paths"]["/api/v1/samples"]["post"]["requestBody"]["content"]
    assert body.keys() == {"application/json", "application/x-npz", "application/vnd.apache.arrow.stream"}
    check = Draft202012Validator(body["application/json"]["schema"])
    check.validate({"model": "churn", "version": "7", "inputs": {"a": [[1, None], ["x", True]]}})
    assert not check.is_valid({"model": "churn", "version": "7", "inputs": 1})
    form = document["paths"]["/api/v1/models"]["post"]["requestBody"]["content"]["multipart/form-data"]
    assert form["schema"]["required"] == ["name", "version", "artifact"]


def test_the_documentation_page_needs_nobody_else() -> None:
    page = Client().get("/api/v1/docs").content.decode()

    assert "swagger-ui" in page
    assert "//" not in page.replace("</", "").replace("<!--", "")


def test_the_documentation_page_may_load_its_own_files() -> None:
    assert "script-src 'self'" in Client().get("/api/v1/docs")["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/incidents", "/nowhere"])
def test_an_answer_loads_nothing_and_sets_no_cookie(bob: ApiClient, path: str) -> None:
    answer = bob.get(path)

    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies


def test_a_login_is_no_key(client: Client, django_user_model: type[User]) -> None:
    client.force_login(django_user_model.objects.create_user("ada"))

    assert client.get("/api/v1/incidents").status_code == 401


@pytest.mark.django_db
def test_health() -> None:
    assert Client().get("/health/live").json() == {"status": "live"}
    ready = Client().get("/health/ready")
    assert (ready.status_code, ready.json()["status"], ready.json()["missing"]) == (200, "ready", [])


@pytest.mark.django_db
def test_not_ready_without_a_place_for_files(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    default = settings.STORAGES["default"]
    options = {**default["OPTIONS"], "location": tmp_path / "file" / "below"}
    settings.STORAGES = {**settings.STORAGES, "default": {**default, "OPTIONS": options}}

    ready = Client().get("/health/ready")

    assert ready.status_code == 503
    assert [one.partition(":")[0] for one in ready.json()["missing"]] == ["storage"]


@pytest.mark.django_db
def test_not_ready_without_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ingest_project RENAME TO away")
        ready = Client().get("/health/ready")

    assert ready.status_code == 503
    assert ready.json()["missing"][0].startswith("database:")
