"""Batches that were given up wait again: through the API, a page, a command, and after an upgrade."""

import json
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from ingest.models import Batch, BatchState, ModelVersion, Project
from monitoring.queue import claims
from monitoring.queue.requeue import requeue_after_upgrade
from monitoring.queue.software import replay_software
from tests.conftest import ApiClient
from tests.incidents.builders import make_batch, make_version

pytestmark = pytest.mark.django_db(transaction=True)
GIVEN_UP = {"attempts": 3, "interruptions": 2, "failure": "the process died", "quarantined_by": "older software"}


@pytest.fixture
def version(project: Project) -> ModelVersion:
    return make_version(project)


@pytest.fixture
def hinted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Versions of which the workers were given a hint."""
    found: list[int] = []
    monkeypatch.setattr(claims, "hint", found.append)
    return found


def given_up(version: ModelVersion, state: BatchState = BatchState.QUARANTINED, **fields: Any) -> Batch:
    return make_batch(version, state=state, **{"payload": b"rows", **GIVEN_UP, **fields})


def waits(batch: Batch) -> bool:
    batch.refresh_from_db()
    as_new = (batch.attempts, batch.interruptions, batch.failure, batch.quarantined_by) == (0, 0, "", "")
    return batch.state == BatchState.PENDING and as_new and batch.claimed_until is None


@pytest.mark.parametrize("state", [BatchState.QUARANTINED, BatchState.FAILED])
def test_the_api_requeues_one(alice: ApiClient, version: ModelVersion, hinted: list[int], state: BatchState) -> None:
    batch, other = given_up(version, state), given_up(version, state)

    answer = alice.post(f"/batches/{batch.pk}/requeue")

    assert (answer.status_code, answer.json()["state"]) == (202, "pending")
    assert waits(batch)
    assert not waits(other)
    assert hinted == [version.pk]


def test_what_was_not_given_up_is_a_conflict(alice: ApiClient, version: ModelVersion) -> None:
    for state in (BatchState.REPLAYED, BatchState.PENDING):
        batch = make_batch(version, state=state)
        answer = alice.post(f"/batches/{batch.pk}/requeue")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (409, "state")


def test_nobody_else_may(bob: ApiClient, charlie: ApiClient, version: ModelVersion) -> None:
    batch = given_up(version)

    assert bob.post(f"/batches/{batch.pk}/requeue").status_code == 403
    assert charlie.post(f"/batches/{batch.pk}/requeue").status_code == 404
    assert not waits(batch)


def test_the_page_requeues_those_of_a_version(version: ModelVersion, hinted: list[int]) -> None:
    ada, strangers = User.objects.create_user("ada"), User.objects.create_user("charlie")
    version.model.project.members.add(ada)
    batch, failed = given_up(version), given_up(version, BatchState.FAILED)
    other = given_up(make_version(Project.objects.create(name="other")))
    page, outside = Client(), Client()
    page.force_login(ada)
    outside.force_login(strangers)
    url = f"/models/{version.model.name}/versions/{version.version}"

    assert outside.post(f"{url}/requeue").status_code == 404
    assert "Replay all of them again" in page.get(url).content.decode()
    assert page.post(f"{url}/requeue").status_code == 302

    assert waits(batch)
    assert waits(failed)
    assert not waits(other)
    assert hinted == [version.pk]
    assert "Replay all of them again" not in page.get(url).content.decode()


def test_the_command_requeues_some_or_all(version: ModelVersion, hinted: list[int]) -> None:
    first, second = given_up(version), given_up(version)
    third = given_up(make_version(Project.objects.create(name="other")))

    def counted(*arguments: str) -> Any:
        call_command("requeue_batches", *arguments, "--json", stdout=(out := StringIO()))
        return json.loads(out.getvalue())

    assert counted(first.pk) == {"requeued": 1}
    assert counted("--project", version.model.project.name) == {"requeued": 1}
    assert waits(second)
    assert not waits(third)
    assert counted() == {"requeued": 1}
    assert len(hinted) == 3


def test_an_upgrade_requeues_what_other_software_could_not_replay(version: ModelVersion, hinted: list[int]) -> None:
    older, same = given_up(version), given_up(version, quarantined_by=replay_software())
    failed = given_up(version, BatchState.FAILED)

    assert requeue_after_upgrade() == 1

    assert waits(older)
    assert not waits(same)
    assert not waits(failed), "its reason is of the rows or of the model"
    assert hinted == [version.pk]


def test_rows_that_were_deleted_stay_where_they_are(alice: ApiClient, version: ModelVersion) -> None:
    batch = given_up(version, payload=None)

    assert alice.post(f"/batches/{batch.pk}/requeue").status_code == 409
