"""Asking on an incident's page whether another version cures it, up to the worker's answer."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.functions import Now
from django.test import Client

from ingest.models import ModelVersion, Project
from monitoring import tasks
from monitoring.models import Incident, OrderState, Verification
from monitoring.verification import hint_waiting
from monitoring.verification.requests import LEASE, MAX_ATTEMPTS
from monitoring.versions.artifacts import ArtifactAwayError
from tests.incidents.builders import hit, make_version

pytestmark = pytest.mark.django_db
URL = "/incidents/CHURN-1/verifications"


@pytest.fixture
def page_of(project: Project) -> Client:
    ada = User.objects.create_user("ada")
    project.members.add(ada)
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def incident(project: Project) -> Incident:
    return hit(make_version(project))


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Messages that would reach a worker, whose part the test plays."""
    messages: list[Any] = []
    monkeypatch.setattr("celery.Celery.send_task", lambda _app, name, args, **_: messages.append((name, args)))
    return messages


def registered(project: Project, file: Path, version: str = "8") -> ModelVersion:
    made = make_version(project, version=version)
    made.artifact_path = default_storage.save(f"{version}.keras", ContentFile(file.read_bytes()))
    made.artifact_sha256 = file.stem.ljust(64, "0")
    made.save()
    return made


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("file", "expected"),
    [("imputes.keras", "2 of 2 rows cured"), ("absorbs.keras", "answers NaN or infinity without fused kernels")],
)
def test_from_the_button_to_the_answer(
    page_of: Client,
    incident: Incident,
    files: Path,
    sent: list[Any],
    django_capture_on_commit_callbacks: Any,
    file: str,
    expected: str,
) -> None:
    registered(incident.project, files / file)
    with django_capture_on_commit_callbacks(execute=True):
        answer = page_of.post(URL, {"version": "8"}, headers={"HX-Request": "true"})
    assert 'hx-trigger="every 2s"' in answer.content.decode(), "it asks again while it waits"
    [(name, [verification_id])] = sent
    assert name == "monitoring.tasks.verify_incident"
    tasks.verify_incident(verification_id)
    told = page_of.get(URL).content.decode()
    assert expected in told
    assert "hx-trigger" not in told, "there is nothing left to wait for"
    assert expected in page_of.get("/incidents/CHURN-1").content.decode()


def test_a_second_click_orders_nothing_more(page_of: Client, incident: Incident) -> None:
    make_version(incident.project, version="8")
    for _ in range(2):
        assert page_of.post(URL, {"version": "8"}).status_code == 302
    assert Verification.objects.count() == 1


def test_only_other_versions_of_the_same_model(page_of: Client, incident: Incident) -> None:
    make_version(incident.project, "fraud", "9")
    for version in ("9", "7", "", "\x00"):
        assert page_of.post(URL, {"version": version}).status_code == 400
    assert "/register?incident=CHURN-1" in page_of.get("/incidents/CHURN-1").content.decode()
    assert not Verification.objects.exists()


def test_charlie_finds_nothing(incident: Incident) -> None:
    make_version(incident.project, version="8")
    client = Client()
    assert client.get(URL).status_code == 302
    client.force_login(User.objects.create_user("charlie"))
    assert client.get(URL).status_code == 404
    assert client.post(URL, {"version": "8"}).status_code == 404
    assert not Verification.objects.exists()


@pytest.fixture
def waiting(incident: Incident) -> Verification:
    return Verification.objects.create(incident=incident, version=make_version(incident.project, version="8"))


def test_a_lost_message_is_sent_again(waiting: Verification, sent: list[Any]) -> None:
    hint_waiting()
    assert sent == [("monitoring.tasks.verify_incident", [waiting.pk])]
    hint_waiting()
    assert len(sent) == 1, "one message at a time"


def test_a_worker_that_is_at_it_is_left_alone(waiting: Verification, sent: list[Any]) -> None:
    Verification.objects.update(claimed_until=Now() + LEASE, attempts=1)
    hint_waiting()
    tasks.verify_incident(waiting.pk)
    waiting.refresh_from_db()
    assert (sent, waiting.attempts, waiting.state) == ([], 1, OrderState.WAITING)


def test_a_worker_that_another_one_has_overtaken_answers_nothing(
    waiting: Verification, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stands_still(version: ModelVersion) -> Path:
        Verification.objects.update(claimed_until=Now() + LEASE, attempts=2)  # its lease ran out meanwhile
        raise ArtifactAwayError(version, FileNotFoundError())

    monkeypatch.setattr("monitoring.verification.requests.local_artifact", stands_still)
    tasks.verify_incident(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts, waiting.failure) == (OrderState.WAITING, 2, "")


def test_workers_that_died_over_it_end_the_waiting(page_of: Client, waiting: Verification, sent: list[Any]) -> None:
    Verification.objects.filter(pk=waiting.pk).update(claimed_until=Now() - LEASE, attempts=MAX_ATTEMPTS)
    hint_waiting()
    assert sent == []
    assert "3 attempts ended without an answer" in page_of.get(URL).content.decode()


@pytest.mark.tensorflow
def test_a_version_that_cannot_be_loaded(page_of: Client, incident: Incident, tmp_path: Path) -> None:
    (tmp_path / "broken.keras").write_bytes(b"no model")
    version = registered(incident.project, tmp_path / "broken.keras")
    asked = Verification.objects.create(incident=incident, version=version)
    tasks.verify_incident(asked.pk)
    assert "no answer" in page_of.get(URL).content.decode()
    asked.refresh_from_db()
    assert (asked.state, asked.attempts) == (OrderState.FAILED, 1)
    assert asked.failure
