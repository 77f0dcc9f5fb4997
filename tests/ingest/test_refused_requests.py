"""Refused requests are counted by project and reason, and cost the database next to nothing."""

import dataclasses
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from ingest.admission import refused_requests
from ingest.admission.refused_requests import count_refused, write_refused
from ingest.models import RefusedRequests
from nanwatch import gunicorn
from tests.conftest import ApiClient

pytestmark = pytest.mark.usefixtures("churn")
ROWS = {"model": "churn", "version": "7", "inputs": [[1.5]]}


@pytest.fixture(autouse=True)
def nothing_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this process counted in other tests is of projects that are gone."""
    monkeypatch.setattr(refused_requests, "_unwritten", refused_requests._Unwritten())


def post(client: ApiClient, body: Any = ROWS, kind: str = "application/json") -> int:
    status: int = client.post("/samples", body, content_type=kind).status_code
    return status


def counted(client: ApiClient) -> dict[str, int]:
    return dict(RefusedRequests.objects.filter(project=client.project).values_list("reason", "requests"))


def test_each_reason_is_counted_for_its_project(alice: ApiClient, charlie: ApiClient) -> None:
    assert post(alice) == 202
    assert post(alice, "{", "application/json") == 400
    assert post(alice, "x", "text/plain") == 415
    assert post(alice, {**ROWS, "inputs": "x"}) == 422
    assert post(alice, {**ROWS, "inputs": "y"}) == 422
    assert post(alice, {**ROWS, "model": "unknown"}) == 404
    assert post(charlie) == 404
    write_refused()
    assert counted(alice) == {"malformed": 1, "unsupported_type": 1, "invalid": 2, "not_found": 1}
    assert counted(charlie) == {"not_found": 1}


def test_too_much_is_a_reason(alice: ApiClient, settings: Settings) -> None:
    settings.CONFIGURATION = dataclasses.replace(settings.CONFIGURATION, min_free_disk=2**62, max_project_backlog=0)
    assert post(alice) == 429
    assert counted(alice) == {"too_much": 1}, "the first one is written at once"


def test_who_may_not_send_is_counted_nowhere(bob: ApiClient) -> None:
    assert post(bob) == 403
    write_refused()
    assert not RefusedRequests.objects.exists()


def test_a_flood_is_written_once(alice: ApiClient) -> None:
    count_refused(alice.project.pk, 422)
    with CaptureQueriesContext(connection) as queries:
        for _ in range(1000):
            count_refused(alice.project.pk, 422)
    assert not queries.captured_queries
    assert counted(alice) == {"invalid": 1}
    gunicorn.worker_exit(None, None)
    assert counted(alice) == {"invalid": 1001}, "a web process that ends writes the rest"


def test_a_project_that_is_gone_has_nothing_to_count(alice: ApiClient, charlie: ApiClient) -> None:
    count_refused(alice.project.pk, 422)
    count_refused(charlie.project.pk, 422)
    charlie.project.delete()
    write_refused()
    assert counted(alice) == {"invalid": 1}
    assert RefusedRequests.objects.count() == 1


def test_a_database_that_is_away_loses_no_count(alice: ApiClient) -> None:
    count_refused(alice.project.pk, 422)
    count_refused(alice.project.pk, 422)

    def away(*_: Any) -> Any:
        raise OperationalError

    with connection.execute_wrapper(away):
        write_refused()
    write_refused()
    assert counted(alice) == {"invalid": 2}
