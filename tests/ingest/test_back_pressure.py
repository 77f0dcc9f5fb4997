"""Rows are refused before anything of them is read or written when there is no room for them."""

import dataclasses
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from ingest.admission import backlog
from ingest.models import Batch, BatchState, Model, ModelVersion
from tests.conftest import ApiClient

pytestmark = pytest.mark.usefixtures("churn")
ROWS = {"model": "churn", "version": "7", "inputs": [[1.5] * 1000]}  # 8 kB


@pytest.fixture(autouse=True)
def fresh_figures() -> None:
    backlog.forget()


def limited(settings: Settings, **limits: int) -> None:
    settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, **limits)


def post(client: ApiClient, body: Any = ROWS) -> Any:
    return client.post("/samples", body, content_type="application/json")


def refused(answer: Any, field: str) -> str:
    """Checks the problem document and returns its message."""
    assert answer.status_code == 429, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    message: str = error["message"]
    return message


@pytest.fixture
def charlies_version(charlie: ApiClient) -> ModelVersion:
    model = Model.objects.create(project=charlie.project, name="churn")
    return ModelVersion.objects.create(
        model=model, version="7", artifact_format="keras", artifact_path="c", artifact_bytes=1
    )


@pytest.mark.usefixtures("charlies_version")
def test_the_backlog_of_a_project(alice: ApiClient, charlie: ApiClient, settings: Settings) -> None:
    limited(settings, max_project_backlog=10_000)
    assert [post(alice).status_code for _ in range(2)] == [202, 202]

    message = refused(post(alice), "backlog")

    assert "15.79 KiB of this project wait for their replay; the limit is 9.766 KiB" in message
    assert "NANWATCH_MAX_PROJECT_BACKLOG_BYTES" in message
    assert Batch.objects.count() == 2
    assert post(charlie).status_code == 202


@pytest.mark.usefixtures("charlies_version")
def test_the_backlog_of_all_projects(alice: ApiClient, charlie: ApiClient, settings: Settings) -> None:
    limited(settings, max_backlog=10_000)
    assert [post(alice).status_code, post(charlie).status_code] == [202, 202]

    for caller in (alice, charlie):
        assert "of all projects" in refused(post(caller), "backlog")
    assert "NANWATCH_MAX_BACKLOG_BYTES" in refused(post(alice), "backlog")


def test_a_backlog_that_drains(alice: ApiClient, settings: Settings) -> None:
    limited(settings, max_project_backlog=5_000)
    assert post(alice).status_code == 202
    refused(post(alice), "backlog")

    Batch.objects.update(state=BatchState.REPLAYED)
    backlog.forget()

    assert post(alice).status_code == 202


def test_it_is_read_anew_every_second(alice: ApiClient, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(settings, max_project_backlog=5_000)
    assert post(alice).status_code == 202
    Batch.objects.update(state=BatchState.REPLAYED)
    refused(post(alice), "backlog")  # what it knows is less than a second old

    monkeypatch.setattr(backlog, "FRESH_SECONDS", 0.0)
    backlog.forget()

    assert post(alice).status_code == 202


def test_a_full_disk(alice: ApiClient, settings: Settings) -> None:
    limited(settings, min_free_disk=2**60)

    if connection.vendor == "sqlite":
        assert "NANWATCH_MIN_FREE_DISK_BYTES" in refused(post(alice), "disk")
        assert not Batch.objects.exists()
    else:  # the rows are kept on another disk, perhaps on another machine
        assert post(alice).status_code == 202


def test_the_body_is_not_even_read(alice: ApiClient, settings: Settings) -> None:
    limited(settings, max_backlog=1)
    assert post(alice).status_code == 202

    refused(alice.post("/samples", b"no JSON", content_type="application/json"), "backlog")
