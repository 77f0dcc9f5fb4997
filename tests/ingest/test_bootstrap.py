"""The first project, key and administrator, and projects made by command."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.http import HttpRequest
from django.utils import timezone
from pytest_django import Settings

from ingest.models import ApiKey, Project, Scope
from ingest.registry.projects import ensure_first_admin, ensure_first_project

pytestmark = pytest.mark.django_db
KEY = "k" * 31 + "~"


def configure(settings: Settings, **values: str) -> None:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, **values)


def test_the_first_start_makes_a_project_with_a_key() -> None:
    project, secret = ensure_first_project()

    assert secret is not None
    key = ApiKey.objects.get(digest=ApiKey.digest_of(secret))
    assert (key.project, project.name) == (project, "default")
    assert set(key.scopes) == set(Scope.values)
    assert ensure_first_project() == (project, None)
    assert ApiKey.objects.count() == 1


def test_a_given_key_is_taken_once(settings: Settings) -> None:
    configure(settings, bootstrap_api_key=KEY)

    answers = [ensure_first_project(), ensure_first_project()]

    assert answers == [(Project.objects.get(), None)] * 2
    assert ApiKey.objects.get().digest == ApiKey.digest_of(KEY)


@pytest.mark.parametrize("key", ["k" * 31, "k" * 129, "k" * 31 + "/", "k" * 31 + "\n"])
def test_keys_that_are_too_weak_or_break_urls(settings: Settings, key: str) -> None:
    configure(settings, bootstrap_api_key=key)

    with pytest.raises(ImproperlyConfigured, match="NANWATCH_BOOTSTRAP_API_KEY must be 32 to 128"):
        ensure_first_project()


def test_a_given_key_is_never_moved_or_revived(settings: Settings) -> None:
    configure(settings, bootstrap_api_key=KEY)
    ensure_first_project()
    ApiKey.objects.update(revoked_at=timezone.now())

    with pytest.raises(ImproperlyConfigured, match="revoked"):
        ensure_first_project()


def test_the_first_start_makes_an_administrator() -> None:
    name, password = ensure_first_admin()

    assert name == "admin"
    user = authenticate(HttpRequest(), username=name, password=password)
    assert user is not None
    assert Project.objects.get(name="default").members.get() == user
    assert ensure_first_admin() == ("admin", None)


def test_a_given_administrator(settings: Settings) -> None:
    configure(settings, bootstrap_admin="ada:with:colon")

    assert ensure_first_admin() == ("ada", None)
    assert authenticate(HttpRequest(), username="ada", password="with:colon") is not None

    configure(settings, bootstrap_admin="ada:another")
    ensure_first_admin()
    assert authenticate(HttpRequest(), username="ada", password="another") is None, "a start changes no password"


def test_an_installation_with_an_administrator_gets_no_second(settings: Settings) -> None:
    configure(settings, bootstrap_admin="ada:secret")
    ensure_first_admin()
    configure(settings, bootstrap_admin="")

    assert ensure_first_admin() == ("ada", None)
    assert get_user_model().objects.count() == 1


@pytest.mark.parametrize("given", ["ada", "ada:", ":secret", "a" * 151 + ":secret"])
def test_administrators_that_are_none(settings: Settings, given: str) -> None:
    configure(settings, bootstrap_admin=given)

    with pytest.raises(ImproperlyConfigured, match="user:password") as error:
        ensure_first_admin()

    assert "secret" not in str(error.value)


def test_create_project() -> None:
    out = StringIO()
    call_command("create_project", "shop", "--json", stdout=out)

    made = json.loads(out.getvalue())
    key = ApiKey.objects.get(digest=ApiKey.digest_of(made["api_key"]))
    assert made["project"] == key.project.name == "shop"
    assert set(key.scopes) == set(Scope.values)


@pytest.mark.parametrize("name", ["shop", "", "x" * 101, "a\nb"])
def test_projects_that_cannot_be_made(name: str) -> None:
    Project.objects.create(name="shop")
    out, errors = StringIO(), StringIO()

    with pytest.raises(SystemExit) as stopped:
        call_command("create_project", name, stdout=out, stderr=errors)

    assert stopped.value.code == 2
    assert len(errors.getvalue().strip().splitlines()) == 1
    assert out.getvalue() == ""
    assert not ApiKey.objects.exists()
