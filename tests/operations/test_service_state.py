"""A service whose workers are gone says so, on its first page and to those who ask without a key."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from ingest.models import Batch, BatchState, Project
from monitoring.models import ProgramKind, RunningProgram
from monitoring.supervision.heartbeats import forget_old, report
from tests.incidents.builders import make_batch, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def all_run() -> None:
    for kind in ProgramKind:
        report(kind)


def age(seconds: float, **which: str) -> None:
    RunningProgram.objects.filter(**which).update(seen_at=timezone.now() - timedelta(seconds=seconds))


def asked() -> Any:
    answer = Client().get("/health/ready")
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.usefixtures("all_run")
def test_nothing_to_say_of_a_service_that_works() -> None:
    state = asked()

    assert state["troubles"] == []
    assert state["batches"] == {"waiting": 0, "quarantined": 0}
    assert all(seconds <= 5 for seconds in state["programs_seen_seconds_ago"].values())


def test_programs_that_never_reported() -> None:
    assert [one.partition(":")[0] for one in asked()["troubles"]] == [
        "No replay worker has reported yet",
        "No worker for tasks has reported yet",
        "No scheduler has reported yet",
    ]


@pytest.mark.usefixtures("all_run")
@pytest.mark.parametrize("kind", ProgramKind)
def test_a_program_that_stopped(kind: ProgramKind) -> None:
    age(240, kind=kind)

    (trouble,) = asked()["troubles"]
    assert "has reported for 4 minutes" in trouble


@pytest.mark.usefixtures("all_run")
def test_one_of_two_machines_is_enough() -> None:
    RunningProgram.objects.create(kind=ProgramKind.REPLAY, host="other", seen_at=timezone.now())
    age(240, kind=ProgramKind.REPLAY, host=RunningProgram.objects.exclude(host="other").first().host)  # type: ignore[union-attr]

    assert asked()["troubles"] == []


@pytest.mark.usefixtures("all_run")
def test_replays_that_are_behind(project: Project) -> None:
    version = make_version(project, "churn", "1")
    for state in (BatchState.PENDING, BatchState.PENDING, BatchState.QUARANTINED):
        make_batch(version, state=state)
    Batch.objects.update(received_at=timezone.now() - timedelta(minutes=7))

    state = asked()
    assert state["troubles"] == ["2 batches wait for a replay, the oldest for 7 minutes. More replay workers help."]
    assert state["batches"] == {"waiting": 2, "quarantined": 1}
    assert 415 <= state["oldest_waits_seconds"] <= 425


@pytest.mark.usefixtures("all_run")
def test_the_first_page_says_it(client: Client, project: Project, admin_user: User) -> None:
    make_version(project, "churn", "1")
    client.force_login(admin_user)
    assert "Rows may not be looked at" not in client.get("/").content.decode()

    age(240, kind=ProgramKind.REPLAY)
    page = client.get("/").content.decode()
    assert "No replay worker has reported for 4 minutes" in page
    assert "Every batch that was replayed is explained" not in page


@pytest.mark.usefixtures("all_run")
def test_machines_that_are_gone_are_forgotten() -> None:
    age(2 * 24 * 3600, kind=ProgramKind.BEAT)
    forget_old()

    assert set(RunningProgram.objects.values_list("kind", flat=True)) == {ProgramKind.REPLAY, ProgramKind.TASKS}


@pytest.mark.usefixtures("all_run")
def test_a_replay_worker_that_cannot_lock_models_in() -> None:
    report(ProgramKind.REPLAY, "this kernel has no Landlock")

    (trouble,) = asked()["troubles"]
    assert trouble.startswith("A replay worker cannot lock models in: this kernel has no Landlock. Rows wait")
    assert "NANWATCH_SANDBOX" in trouble

    report(ProgramKind.REPLAY)
    assert asked()["troubles"] == []
